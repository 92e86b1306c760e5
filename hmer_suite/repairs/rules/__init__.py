"""Rules for redundant symbols, one a file, in the order in which they apply.

They are applied before the search for the cheapest repair: a loop of a thousand tokens is one mistake of the
decoder, not a thousand. `reports/rules.md` has what each rule fixes and breaks. On by default are those that
break nothing; what the others delete the search handles better, or may have been meant.
"""

from __future__ import annotations

from hmer_suite.repairs.rules import (
    cut_off,
    doubled_braces,
    empty_groups,
    empty_scripts,
    runaway,
    separators,
    stray_fences,
)
from hmer_suite.repairs.rules.apply import Cleaned, Removal, apply_rules
from hmer_suite.specs.repair_rule import Rule

RULES: tuple[Rule, ...] = (
    separators.RULE,
    runaway.RULE,
    cut_off.RULE,
    stray_fences.RULE,
    doubled_braces.RULE,
    empty_scripts.RULE,
    empty_groups.RULE,
)

DEFAULT_RULES: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.by_default)

__all__ = ["DEFAULT_RULES", "RULES", "Cleaned", "Removal", "Rule", "apply_rules"]
