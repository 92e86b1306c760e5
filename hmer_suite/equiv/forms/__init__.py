"""Normal forms of terms: `Forms` gives equal terms the same one."""

from hmer_suite.equiv.forms.core import MAX_DEGREE, Forms, Intractable, Ratio, Undefined

__all__ = ["MAX_DEGREE", "Forms", "Intractable", "Ratio", "Undefined"]
