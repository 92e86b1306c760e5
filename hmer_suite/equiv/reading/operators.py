r"""Tables of operators, relations, functions and letters: precedence, synonyms, opposites, customary meanings.

Levels, from loose to tight: implication, lists, logic, relations, set operations, ratios, sums, products.
"""

from __future__ import annotations

from hmer_suite.latex.token_classes import SPACING_CLASSES

IMPLY, BREAK, COMMA, OR, AND, RELATION, UNION, RATIO, SUM, PRODUCT, FACTOR = range(11)

_IMPLICATIONS = r"""
    \Rightarrow \implies \Leftarrow \impliedby \Leftrightarrow \iff \Longrightarrow \Longleftarrow
    \Longleftrightarrow \therefore \because
""".split()
_UNIONS = r"\cup \cap \setminus \smallsetminus \sqcup \sqcap \uplus \backslash \Cup \Cap".split()
_TIMES = r"\times \cdot \div / * \centerdot \slash".split()

SYNONYMS = {
    r"\le": r"\leq", r"\leqslant": r"\leq", r"\leqq": r"\leq", r"\ge": r"\geq", r"\geqslant": r"\geq",
    r"\geqq": r"\geq",
    r"\nless": r"\geq", r"\ngtr": r"\leq", r"\nleq": ">", r"\ngeq": "<", r"\nleqslant": ">", r"\ngeqslant": "<",
    r"\nleqq": ">", r"\ngeqq": "<", r"\eqslantless": r"\leq", r"\eqslantgtr": r"\geq",
    **dict.fromkeys((r"\gneq", r"\gneqq", r"\gvertneqq"), ">"),
    **dict.fromkeys((r"\lneq", r"\lneqq", r"\lvertneqq"), "<"),
    r"\varsubsetneq": r"\subsetneq", r"\varsupsetneq": r"\supsetneq", r"\varsubsetneqq": r"\subsetneqq",
    r"\varsupsetneqq": r"\supsetneqq", r"\vDash": r"\models", r"\preccurlyeq": r"\preceq",
    r"\succcurlyeq": r"\succeq", r"\lhd": r"\vartriangleleft", r"\rhd": r"\vartriangleright",
    r"\triangleright": r"\vartriangleright", r"\triangleleft": r"\vartriangleleft", r"\unlhd": r"\trianglelefteq",
    r"\unrhd": r"\trianglerighteq",
    r"\lt": "<", r"\gt": ">", r"\ne": r"\neq", r"\to": r"\rightarrow",
    r"\longrightarrow": r"\rightarrow", r"\gets": r"\leftarrow", r"\longleftarrow": r"\leftarrow",
    r"\implies": r"\Rightarrow", r"\Longrightarrow": r"\Rightarrow", r"\impliedby": r"\Leftarrow",
    r"\Longleftarrow": r"\Leftarrow", r"\iff": r"\Leftrightarrow", r"\Longleftrightarrow": r"\Leftrightarrow",
    r"\longleftrightarrow": r"\leftrightarrow", r"\longmapsto": r"\mapsto", r"\owns": r"\ni", r"\bot": r"\perp",
    r"\land": r"\wedge", r"\lor": r"\vee", r"\lnot": r"\neg", r"\ast": "*", r"\smallsetminus": r"\setminus",
    r"\backslash": r"\setminus", r"\shortparallel": r"\parallel", r"\notin": r"\notin", r"\varnothing": r"\emptyset",
    r"\dots": r"\ldots", r"\cdots": r"\ldots", r"\dotsb": r"\ldots", r"\dotsc": r"\ldots", r"\dotsm": r"\ldots",
    r"\dotsi": r"\ldots", r"\dotso": r"\ldots", r"\mathellipsis": r"\ldots", r"\slash": "/", r"\centerdot": r"\cdot",
    r"\colon": ":", r"\&": r"\wedge", r"\And": r"\wedge", r"\dag": r"\dagger", r"\ddag": r"\ddagger",
    "、": ",", "，": ",", "；": ";",
    "：": ":", r"\thicksim": r"\sim", r"\thickapprox": r"\approx", r"\varpropto": r"\propto",
    r"\vartriangle": r"\triangle",
    r"\intop": r"\int", r"\smallint": r"\int", r"\mathsterling": r"\pounds",
    r"\varlimsup": r"\limsup", r"\varliminf": r"\liminf", r"\doublecap": r"\Cap", r"\vcentcolon": ":", "。": ".",
}  # fmt: skip
"""Signs with the same meaning, mapped to one of them."""

LEVEL: dict[str, int] = {
    **dict.fromkeys((token for token, cls in SPACING_CLASSES.items() if cls == "rel"), RELATION),
    **dict.fromkeys((token for token, cls in SPACING_CLASSES.items() if cls == "bin"), PRODUCT),
    **dict.fromkeys(_IMPLICATIONS, IMPLY),
    **dict.fromkeys((r"\\", ";", r"\quad", r"\qquad", "&"), BREAK),
    ",": COMMA,
    r"\vee": OR,
    r"\veebar": OR,
    r"\wedge": AND,
    "<": RELATION,
    ">": RELATION,
    ":": RATIO,
    r"\uparrow": RELATION,
    r"\downarrow": RELATION,
    **dict.fromkeys(_UNIONS, UNION),
    **dict.fromkeys(_TIMES, PRODUCT),
    **dict.fromkeys(("+", "-", r"\pm", r"\mp"), SUM),
}
"""The level of each operator, lowest for the loosest; all other signs are operands."""
for _token, _same in SYNONYMS.items():
    if _same in LEVEL:
        LEVEL[_token] = LEVEL[_same]
for _token in (
    r"\dagger", r"\ddagger", r"\dag", r"\ddag", r"\prime", r"\bigcirc", r"\vartriangle",
):  # fmt: skip
    LEVEL.pop(_token, None)

FLIPPED = {"<": ">", ">": "<", r"\leq": r"\geq", r"\geq": r"\leq", r"\ll": r"\gg", r"\gg": r"\ll",
           r"\subset": r"\supset", r"\supset": r"\subset", r"\subseteq": r"\supseteq", r"\supseteq": r"\subseteq",
           r"\in": r"\ni", r"\ni": r"\in", r"\prec": r"\succ", r"\succ": r"\prec",
           r"\rightarrow": r"\leftarrow", r"\leftarrow": r"\rightarrow", r"\Rightarrow": r"\Leftarrow",
           r"\lesssim": r"\gtrsim", r"\gtrsim": r"\lesssim",
           r"\Leftarrow": r"\Rightarrow", r"\preceq": r"\succeq", r"\succeq": r"\preceq",
           r"\subsetneq": r"\supsetneq", r"\supsetneq": r"\subsetneq",
           r"\vartriangleleft": r"\vartriangleright", r"\vartriangleright": r"\vartriangleleft",
           r"\trianglelefteq": r"\trianglerighteq", r"\trianglerighteq": r"\trianglelefteq"}  # fmt: skip
"""The relation with the same meaning once the sides are exchanged."""

SYMMETRIC = frozenset(r"= \neq \equiv \approx \sim \simeq \cong \asymp \perp \parallel \nparallel \doteq \approxeq"
                      r" \leftrightarrow \Leftrightarrow \rightleftharpoons \nsim \ncong".split())  # fmt: skip
"""Relations whose sides may be exchanged."""

ORDER_RELATIONS = frozenset(("<", ">", r"\leq", r"\geq"))

INTERCHANGEABLE = (
    frozenset(
        r"\approx \simeq \cong \sim \asymp \doteq \approxeq \thickapprox \equiv \propto \fallingdotseq \backsim".split()
    ),
    frozenset(r"\subset \subseteq \subseteqq".split()),
    frozenset(r"\supset \supseteq \supseteqq".split()),
    frozenset(r"\subset \subsetneq \subsetneqq".split()),
    frozenset(r"\supset \supsetneq \supsetneqq".split()),
    frozenset((r"\not \subset", r"\nsubseteq")),
    frozenset((r"\trianglelefteq", r"\vartriangleleft")),
    frozenset((r"\not \supset", r"\nsupseteq")),
    frozenset(r"\mid | : \setminus".split()),
    frozenset((":", "=", r"\coloneqq")),
    frozenset((r"\leftarrow", r"\coloneqq")),
    frozenset((r"\rightarrow", r"\mapsto")),
    frozenset(r"= \equiv \triangleq \coloneqq \Leftrightarrow".split()),
    frozenset(r"< \prec".split()),
    frozenset(r"> \succ".split()),
    frozenset(r"\rightarrow \Rightarrow".split()),
    frozenset(r"\leftrightarrow \Leftrightarrow \equiv".split()),
    frozenset(r"\rightarrow \supset".split()),
    frozenset(r"\therefore \Rightarrow".split()),
    frozenset(r"\neq \lessgtr \gtrless".split()),
)
"""Relations that some authors use for each other, so that a difference in them alone decides nothing."""

INTERCHANGEABLE_OF_FIGURES = (frozenset(r"\cong \equiv \simeq".split()), frozenset(r"\sim \backsim".split()))
"""The same of figures, which may be congruent, or only similar."""

KNOWN = {
    **{rf"\{f}": f for f in "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan ln exp max min".split()},
    r"\tg": "tan", r"\ctg": "cot", r"\cotg": "cot", r"\sh": "sinh", r"\ch": "cosh", r"\th": "tanh", r"\cth": "coth",
    r"\arctg": "arctan", r"\arcctg": "arccot", r"\lg": "lg", r"\log": "log",
}  # fmt: skip
"""The known function for each command."""
OPERATOR_NAMES = {
    **{f: f for f in "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan ln exp max min log lg".split()},
    "tg": "tan", "ctg": "cot", "arctg": "arctan", "arccot": "arccot", "arcsinh": "arsinh", "arsinh": "arsinh",
    "arccosh": "arcosh", "arcosh": "arcosh", "arctanh": "artanh", "artanh": "artanh", "asin": "arcsin",
    "acos": "arccos", "atan": "arctan", "cosec": "csc", "sgn": "sgn", "sign": "sgn", "csch": "csch", "sech": "sech",
    "sen": "sin", "arsh": "arsinh", "arch": "arcosh", "arth": "artanh", "abs": "abs",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "floor": "floor", "ceil": "ceil",
}  # fmt: skip
INVERSES = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sinh": "arsinh", "cosh": "arcosh",
            "tanh": "artanh"}  # fmt: skip

SUMS = {r"\sum": "sum", r"\prod": "prod"}
INTEGRALS = frozenset(r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint \intop \smallint".split())
MAYBE_UNBOUND = INTEGRALS | SUMS.keys()
"""Operators that may be written without their variable: ``\\sum F = 0``."""
LARGE = frozenset(r"""\coprod \bigcup \bigcap \bigsqcup \bigvee \bigwedge \bigoplus \bigotimes \bigodot \biguplus
                  """.split())  # fmt: skip

FOREIGN_CONNECTIVES = {
    **dict.fromkeys("oder ou o lub nebo alebo albo eller vagy или або 或 或者".split(), "or"),
    **dict.fromkeys("und et e y oraz och og és и та 且 和 及".split(), "and"),
}
"""Words of other languages between statements, and the English ones."""

DOTS = frozenset(r"\ldots \vdots \ddots \textellipsis …".split())
ANGLES = frozenset(r"\angle \measuredangle \sphericalangle".split())
GEOMETRY = frozenset(r"""\angle \measuredangle \sphericalangle \triangle \odot \square \Box \bigtriangleup \Diamond
    \bigcirc \diamond \lozenge \vartriangle \triangledown""".split())  # fmt: skip
DIFFERENCES = frozenset(("d", r"\Delta", r"\delta"))
"""Signs of a differential, a difference, a variation of the letter that follows."""
VECTOR_MARKS = frozenset((r"\vec", r"\overrightarrow", r"\mathbf", r"\boldsymbol", r"\bm"))
"""Commands that mark a letter as a vector."""
PREFIX_OPERATORS = frozenset((r"\partial", r"\nabla"))
QUANTIFIERS = frozenset((r"\forall", r"\exists", r"\nexists"))

FUNCTION_LETTERS = frozenset(
    r"f g h u O o \mathcal{O} F G H P \phi \varphi \psi \Phi \Psi \Gamma \zeta".split()
)
"""Letters that may be functions of anything in brackets; most others only of a single letter or number."""
CONSTANT_LETTERS = frozenset(
    r"""a b c d k l m n p r s A B C K L M N R \alpha \beta \gamma \delta \kappa \lambda \mu \nu \omega \rho
    \sigma \tau \theta \varepsilon \epsilon""".split()
)
"""Letters that by custom do not depend on the variable of an integral."""
WIDE_LETTERS = FUNCTION_LETTERS | frozenset(
    r"""l p q v E L Q S T U V W \delta \rho \sigma \mu \chi \Omega \omega \theta \tau \nu \eta \xi \Delta \Theta
    \Lambda""".split()
)
"""Letters that may be functions of anything in brackets but a sum."""
ITERATED_LETTERS = frozenset(r"f g h F G H \phi \varphi \psi \Phi \Psi \Gamma \zeta".split())
"""Letters that may be functions with an exponent before the brackets: ``f^2(x)``."""
SQUARED_LETTERS = frozenset(r"E P D \mu \zeta \Gamma".split())
"""The same before a single letter or number in brackets: ``E^2(X)``."""

DECORATIONS = frozenset((*r"* + - \ast \star \dagger \ddagger \circ \prime \pm \mp \times \parallel \perp \bot \#"
                         r" \sharp \flat \natural \vee \wedge \oplus \otimes \bullet \infty \intercal"
                         r" ( )".split(),))  # fmt: skip
"""Signs that, alone in a superscript, mark a name instead of raising it to a power."""


CONNECTIVES = frozenset(("and", "or", "if", "when", "for", "otherwise"))
"""Words between statements, which nobody leaves out, or writes for a product."""
