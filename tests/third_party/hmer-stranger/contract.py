"""The stranger's own tests, run where it is installed: ``pytest contract.py``."""

from hmer_suite import registry, validate
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.testing import (
    DataSourceContract,
    GrammarContract,
    MetricContract,
    RecogniserContract,
    RuleContract,
    pictures,
)


class TestRecogniser(RecogniserContract):
    spec = registry.find("recogniser", "stranger")[1]


class TestDataSource(DataSourceContract):
    spec = registry.find("data source", "stranger-bars")[1]
    argument = "12"


class TestRule(RuleContract):
    spec = registry.find("repair rule", "stranger-stutter")[1]
    changes = {"1 + + 1": "1 + 1", "a = = = b": "a = b"}
    keeps = ("1 + 1", "1 + - 1", "a a")


class TestMetric(MetricContract):
    spec = registry.find("metric", "stranger-lengths")[1]


class TestGrammar(GrammarContract):
    spec = registry.find("grammar", "stranger-flat")[1]
    accepts = ("", "1 + 1", r"\frac { 1 } { \alpha }")
    refuses = ("x ^ { 2 }", r"\frac { 1 }", "{ 1 }")

    def test_it_constrains_reading(self):
        from hmer_suite.specs.vocabulary import Vocabulary
        from hmer_suite.train.loader import collate

        spec = registry.recogniser("stranger")
        vocabulary = Vocabulary.of([r"1 + \frac { x } ^ _ \sqrt"])
        model = spec.build(spec.options(), vocabulary).eval()
        batch = collate(pictures(14).images, list("abcd"), None, vocabulary)
        flat = registry.compiled_grammar(self.spec.name)
        for beam in (1, 4):
            how = Decoding(beam, beam, constrained=True, max_length=12, grammar=flat)
            for hypothesis in (hypothesis for several in model.decode(batch, how) for hypothesis in several):
                assert validate(hypothesis.latex, grammar=flat).valid, hypothesis
