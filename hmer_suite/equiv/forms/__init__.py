"""Normal forms of terms: `Forms` gives equal terms the same one."""

from hmer_suite.equiv.forms.normal_form import MAX_DEGREE, Forms, Intractable, Ratio, Undefined

__all__ = ["MAX_DEGREE", "Forms", "Intractable", "Ratio", "Undefined"]
