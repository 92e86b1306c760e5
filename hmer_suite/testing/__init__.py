"""The contract kit: tests of the contracts of plugins, for a plugin's own test suite to inherit.

    from hmer_suite.testing import RecogniserContract
    from my_model import SPEC

    class TestMyModel(RecogniserContract):
        spec = SPEC
        quick = {"preset": "small"}

runs them all under pytest, which this module itself does not need. There is one class for each kind of spec. They
look the plugin up by its name, as users do, so install its package first
(``pip install -e .``).
"""

from hmer_suite.testing.others import DataSourceContract, GrammarContract, MetricContract, RuleContract
from hmer_suite.testing.pictures import INKS, PICTURES, inks, pictures
from hmer_suite.testing.recogniser import RecogniserContract

__all__ = [
    "INKS",
    "PICTURES",
    "DataSourceContract",
    "GrammarContract",
    "MetricContract",
    "RecogniserContract",
    "RuleContract",
    "inks",
    "pictures",
]
