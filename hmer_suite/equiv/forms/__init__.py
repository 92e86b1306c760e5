"""Normal forms of terms: `Forms` gives equal terms the same one."""

from hmer_suite.equiv.forms import elementary, large_operators, powers
from hmer_suite.equiv.forms.normal_form import MAX_DEGREE, Forms
from hmer_suite.equiv.forms.ratios import Intractable, Ratio, Undefined

__all__ = ["MAX_DEGREE", "Forms", "Intractable", "Ratio", "Undefined"]

Forms.rules.update(powers.RULES | elementary.RULES | large_operators.RULES)
