r"""Diagnosis of formulas: what is wrong, where, and what is possible there instead.

`PROBLEMS` is the one table of problem codes: documentation, message and test in one. The verdict itself is the
grammar's (`hmer_suite.latex.automaton`); this module only names the reason, from the refused token and the stack.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from hmer_suite.latex.automaton import CLASS_OF, DEAD, MAX_NESTING, Configuration, Grammar, grammar, opens
from hmer_suite.latex.table import END
from hmer_suite.latex.token_classes import CLASSES, FORBIDDEN, UNKNOWN, WITH_OPTION
from hmer_suite.latex.tokens import Token, tokens

PROBLEMS: dict[str, tuple[str, tuple[str, ...]]] = {
    # code: (sentence, malformed examples)
    "unclosed-group": ("`{token}` is never closed", (r"x ^ { 2", r"\frac { 1 } { 2", r"{ { a }")),
    "unclosed-bracket": (
        "the optional argument of `{token}` is never closed",
        (r"\sqrt [ 3", r"\sqrt [ 3 { x }", r"\cfrac [ l { 1 } { 2 }", r"\color [ r g b { 1 , 0 , 0 } x"),
    ),
    "unclosed-root": (r"`\root` has no `\of`", (r"\root 3 x", r"{ \root 3 }")),
    "unclosed-fence": (
        r"`\left` has no `\right`",
        (r"\left ( x", r"{ \left ( x }", r"\left ( \frac { 1 } { 2 }"),
    ),
    "unclosed-environment": ("`{token}` is never ended", (r"\begin{matrix} a & b", r"{ \begin{cases} a }")),
    "unclosed-text": ("the formula that `$` opens in text is never closed", (r"\text { a $ x }",)),
    "unmatched-close": (
        "`{token}` closes nothing",
        (r"x }", r"\frac { 1 } { 2 } }", r"\begin{matrix} a } \end{matrix}"),
    ),
    "unmatched-right": (r"`\right` without `\left`", (r"x \right )", r"\left ( x \right ) \right )")),
    "unmatched-end": (
        "`{token}` ends nothing that is open",
        (r"a \end{matrix}", r"\begin{matrix} a \end{pmatrix}"),
    ),
    "unmatched-middle": (r"`\middle` outside of `\left ... \right`", (r"a \middle | b",)),
    "unmatched-of": (r"`\of` without `\root`", (r"3 \of x", r"{ \sqrt { 3 } \of x }")),
    "missing-argument": (
        "`{before}` lacks an argument before `{token}`",
        (r"\frac { 1 }", r"{ \sqrt }", r"\hat ^ 2", r"\cfrac [ l ] { 1 }", r"\genfrac ( )"),
    ),
    "missing-script": ("nothing to set after `{before}`", (r"x ^", r"{ x _ }", r"x _ ^ 2", r"x ^ & y")),
    "missing-delimiter": (
        "`{before}` needs a delimiter, not `{token}`",
        (r"\left x \right )", r"\big x", r"\left", r"\genfrac { ( } { } { } { } { a } { b }"),
    ),
    "missing-columns": ("`{before}` needs its columns, such as `{{cc}}`", (r"\begin{array} x \end{array}",)),
    "needs-braces": (
        "`{token}` after `{before}` needs braces around it",
        (r"x ^ \sqrt 2", r"x ^ \root 3 \of y", r"x _ \sin", r"x ^ \hat a"),
    ),
    "double-subscript": ("a second subscript on the same base", (r"x _ 1 _ 2", r"x _ 1 ^ 2 _ 3")),
    "double-superscript": (
        "a second superscript on the same base",
        (r"x ^ 1 ^ 2", r"x ^ 2 '", r"x ' _ 3 ^ 2"),
    ),
    "second-infix": ("a second `{token}` in one group: which belongs to which?", (r"a \over b \over c",)),
    "misplaced-limits": ("`{token}` must follow an operator", (r"x \limits _ 1", r"\limits")),
    "misplaced-ampersand": (
        "`&` outside of an environment with columns",
        (r"a & b", r"{ \left ( a & b \right ) }"),
    ),
    "misplaced-line": (
        "`{token}` must begin a row of an environment",
        (r"\hline", r"\begin{array} { c } a \hline \end{array}"),
    ),
    "math-in-text": (
        "`{token}` is not for text; set it between dollar signs",
        (r"\text { a _ b }", r"\mbox { \alpha }"),
    ),
    "stray-dollar": ("`$` inside a formula", (r"a $ b", r"$ a $ b")),
    "reserved-character": ("`{token}` is reserved by TeX; write `\\{token}`", (r"5 %", r"# 1")),
    "unknown-command": (
        "`{token}` is not a command that hmer-suite knows",
        (r"\foo x", r"\begin{foo} x \end{foo}"),
    ),
    "missing-operator": (
        r"`\sideset` needs a large operator or a named one, not `{token}`",
        (r"\sideset { } { ' } x", r"\sideset { _ 1 } { } { x }", r"\sideset { } { ' }"),
    ),
    "too-deep": (f"more than {MAX_NESTING} groups open at once", ("{ " * 65 + "x" + " }" * 65,)),
    "unexpected-token": ("`{token}` is not possible here", (r"\begin{array} { c \alpha } a \end{array}",)),
}
"""Every problem code with its sentence and malformed examples; tests hold each example to its code."""

_SKIPPABLE = frozenset(
    """unmatched-close unmatched-right unmatched-of unmatched-end unmatched-middle double-subscript double-superscript
    misplaced-limits misplaced-ampersand misplaced-line stray-dollar reserved-character unknown-command
    """.split()
)
"""Problems after which reading continues as if the token were missing, without causing further ones."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; *start* and *end* count characters of the user's own text."""

    code: str
    start: int
    end: int
    message: str
    expected: tuple[str, ...]

    def caret(self, text: str) -> str:
        """The stretch of *text* around the problem, and a line of carets under it."""
        left, right = max(0, self.start - 40), min(len(text), self.end + 30)
        shown = text[left:right].replace("\t", " ")
        return f"{shown}\n{' ' * (self.start - left)}{'^' * max(1, self.end - self.start)}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Verdict on a formula, with the problems found; valid means that there are none."""

    text: str
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not self.problems

    def to_json(self) -> dict:
        """The object that ``hmer-suite validate --json`` prints, without its line number."""
        return {"valid": self.valid, "problems": [asdict(problem) for problem in self.problems]}


def validate(text: str, *, permit_unknown: bool = False, grammar: str | Grammar = "latex") -> Diagnosis:
    """Diagnose *text*; with *permit_unknown* a command that no table lists counts as a symbol.

    *grammar* decides: the name of one that ships, or a compiled one (`hmer_suite.registry.compiled_grammar`).
    """
    return Diagnosis(text, tuple(_FormulaWalk(text, permit_unknown, grammar).problems()))


class _FormulaWalk:
    """Walks one formula through the automaton and names what it refuses."""

    def __init__(self, text: str, permit_unknown: bool, judge: str | Grammar):
        self.text = text
        self.grammar = grammar(judge) if isinstance(judge, str) else judge
        self.tokens = tokens(text)
        self.classes = [CLASS_OF[token.text] for token in self.tokens]
        if permit_unknown:
            self.classes = ["SYMBOL" if self._is_command(i) else cls for i, cls in enumerate(self.classes)]
        self.open: list[int] = []  # indices of the tokens that opened what is still open
        self.last: int | None = None  # index of the last token that was read

    def problems(self) -> list[Problem]:
        found: list[Problem] = []
        configuration = self.grammar.start
        for index, cls in enumerate(self.classes):
            following = configuration[cls]
            if following is DEAD:
                problem = self._problem(self._code(configuration, index), configuration, index)
                found.append(problem)
                if problem.code == "unknown-command" and configuration["SYMBOL"] is not DEAD:
                    following = configuration["SYMBOL"]
                elif problem.code in _SKIPPABLE:
                    continue
                else:
                    return found
            self._track(configuration, index)
            configuration = following
        if not configuration.accepts:
            found.extend(self._at_end(configuration))
        return found

    def _is_command(self, index: int) -> bool:
        return self.classes[index] == UNKNOWN and self.tokens[index].text not in FORBIDDEN

    def _track(self, before: Configuration, index: int) -> None:
        """Record what the token opens or closes."""
        cls = self.classes[index]
        innermost = self._innermost()
        if cls in ("RBRACE", "RIGHT") or cls.startswith("END_") or (cls, innermost) in _CLOSING_PAIRS:
            if self.open:  # a plugin's grammar may close what nothing opened
                self.open.pop()
        elif opens(cls) or cls in ("DOLLAR", "ROOT") or (cls == "LBRACK" and _top(before) in WITH_OPTION):
            self.open.append(index)
        self.last = index

    def _innermost(self) -> str:
        return self.classes[self.open[-1]] if self.open else ""

    def _at_end(self, configuration: Configuration) -> list[Problem]:
        """A token still waiting for its argument, then everything left open, outermost first."""
        end = len(self.tokens)
        code = self._code(configuration, end)
        found = [] if code.startswith("unclosed") else [self._problem(code, configuration, end)]
        for index in self.open:
            cls = self.classes[index]
            problem = self._problem(_UNCLOSED.get(cls, "unclosed-environment"), configuration, index)
            closing = _CLOSING.get(cls) or self.tokens[index].text.replace("begin", "end")
            found.append(replace(problem, expected=(closing,)))
        return found

    def _problem(self, code: str, configuration: Configuration, index: int) -> Problem:
        if code.startswith("unclosed") and index not in self.open:
            index = self.open[-1]
        token = self.tokens[index] if index < len(self.tokens) else self._end_token()
        name = self.tokens[index - 1].text if code == "unclosed-bracket" else token.text
        message = PROBLEMS[code][0].format(token=name, before=self._before(code))
        return Problem(code, token.start, token.end, message, _expected(configuration))

    def _end_token(self) -> Token:
        end = len(self.text.rstrip())
        return Token("the end", end, end)

    def _before(self, code: str) -> str:
        """The command whose argument, script or delimiter is missing: the last one still waiting."""
        if self.last is None:
            return ""
        waiting = {"missing-argument": _WITH_ARGUMENTS, "missing-delimiter": _WITH_DELIMITERS}.get(code, ())
        for index in range(self.last, -1, -1):
            if self.classes[index].startswith(waiting):
                return self.tokens[index].text
        return self.tokens[self.last].text

    def _code(self, configuration: Configuration, index: int) -> str:
        """Code of the problem that token *index*, or the end, causes after *configuration*."""
        cls = self.classes[index] if index < len(self.tokens) else END
        if cls == UNKNOWN:
            return "reserved-character" if self.tokens[index].text in FORBIDDEN else "unknown-command"
        if opens(cls) and configuration.nesting >= MAX_NESTING:
            return "too-deep"
        settled = _settled(configuration)
        in_text = _in_text(settled)
        return (
            ("missing-operator" if _is_for_an_operator(settled) else None)
            or _waiting_code(_top(settled), cls)
            or ("missing-delimiter" if _is_for_a_delimiter(settled) else None)
            or (_DOUBLE.get(cls) if not in_text else None)
            or self._closing_code(cls)
            or _MISPLACED.get(cls)
            or ("math-in-text" if in_text else "unexpected-token")
        )

    def _closing_code(self, cls: str) -> str | None:
        """A closing token, or the end, that does not fit the innermost opening one."""
        if cls not in ("RBRACE", "RIGHT", END) and not cls.startswith("END_"):
            return None
        if cls == END and not self.open:
            return None
        wanted = {"RBRACE": "LBRACE", "RIGHT": "LEFT"}.get(cls, cls.replace("END_", "BEGIN_", 1))
        if cls != END and wanted not in (self.classes[index] for index in self.open):
            return {"RBRACE": "unmatched-close", "RIGHT": "unmatched-right"}.get(cls, "unmatched-end")
        return _UNCLOSED.get(self._innermost(), "unclosed-environment")


_UNCLOSED = {
    "LBRACE": "unclosed-group",
    "LEFT": "unclosed-fence",
    "ROOT": "unclosed-root",
    "LBRACK": "unclosed-bracket",
    "DOLLAR": "unclosed-text",
}
_CLOSING = {"LBRACE": "}", "LEFT": "\\right", "ROOT": "\\of", "LBRACK": "]", "DOLLAR": "$"}
_CLOSING_PAIRS = {("RBRACK", "LBRACK"), ("DOLLAR", "DOLLAR"), ("OF", "ROOT")}
_DOUBLE = {"SUB": "double-subscript", "SUP": "double-superscript", "PRIME": "double-superscript"}
_MISPLACED = {
    "LIMITS": "misplaced-limits",
    "AMP": "misplaced-ampersand",
    "HLINE": "misplaced-line",
    "MIDDLE": "unmatched-middle",
    "OF": "unmatched-of",
    "DOLLAR": "stray-dollar",
    "INFIX": "second-infix",
}
_WITH_ARGUMENTS = (
    "FRAC", "CFRAC", "GENFRAC", "SIDESET", "PRESCRIPT", "STACK", "SQRT", "OF", "XARROW", "ACCENT", "FONT", "PRIMITIVE",
    "OPERATORNAME", "TEXT", "RAW", "COLOR", "FCOLORBOX", "RULE", "SMASH",
)  # fmt: skip
_WITH_DELIMITERS = ("LEFT", "RIGHT", "MIDDLE", "BIG", "GENFRAC")
_NOT_BARE = (
    "SQRT", "ROOT", "SIDESET", "PRESCRIPT", "STACK", "ACCENT", "PRIMITIVE", "XARROW", "BIG",
    "NAMEDOP", "OPERATORNAME", "SPACE", "STYLE", "RAW",
    "SMASH", "LEFT", "BEGIN_",
)  # fmt: skip


def _top(configuration: Configuration) -> str:
    """Symbol on top of the stack: the class of the last token, or the rule it completed."""
    return configuration.grammar.table.accessing[configuration.state]


def _settled(configuration: Configuration) -> Configuration:
    """The configuration after the reductions that any permitted token would call for."""
    return configuration.reduced(min(configuration.allowed, default=END)) or configuration


def _waiting_code(top: str, cls: str) -> str | None:
    """The top of the stack is a token that still waits for something."""
    if top in ("SUB", "SUP"):
        return "needs-braces" if cls.startswith(_NOT_BARE) else "missing-script"
    if top in _WITH_DELIMITERS:
        return "missing-delimiter"
    if top == "model_name":
        return "unclosed-bracket"
    if top.startswith("BEGIN_"):
        return "missing-columns"
    if top in ("marg", "text_argument", "fraction_fences") or top.startswith(_WITH_ARGUMENTS):
        return "needs-braces" if top == "SQRT" and cls.startswith(_NOT_BARE) else "missing-argument"
    return None


def _is_for_an_operator(configuration: Configuration) -> bool:
    """Whether nothing but an operator, perhaps in braces, may follow."""
    return configuration.allowed <= {"LARGEOP", "NAMEDOP", "LBRACE"} and "NAMEDOP" in configuration.allowed


def _is_for_a_delimiter(configuration: Configuration) -> bool:
    """Whether nothing but a delimiter, perhaps in braces, may follow."""
    return "MDELIM" in configuration.allowed and "SYMBOL" not in configuration.allowed


def _in_text(configuration: Configuration) -> bool:
    """Whether the innermost group is text."""
    node: Configuration | None = configuration
    while node is not None and _top(node) != "text":
        if opens(_top(node)):
            return False
        node = node.parent
    return node is not None


_SPELLED = {
    "RBRACE": "}",
    "RBRACK": "]",
    "LBRACE": "{",
    "LBRACK": "[",
    "RIGHT": "\\right",
    "OF": "\\of",
    "AMP": "&",
    "ROWBREAK": "\\\\",
    "SUB": "_",
    "SUP": "^",
    "SYMBOL": "a symbol",
    "CHAR": "a character",
    "COLUMN": "a column letter",
    "MDELIM": "a delimiter",
    END: "the end",
}


_ENDS = {cls: token for token, cls in CLASSES.items() if cls.startswith("END_")}


def _expected(configuration: Configuration) -> tuple[str, ...]:
    """Tokens that may follow here: closing tokens first, then kinds of tokens by a common name."""
    allowed = set(configuration.allowed)
    if configuration.accepts:
        allowed.add(END)
    ends = sorted(_ENDS[cls] for cls in allowed if cls in _ENDS)
    return (*ends, *(spelled for cls, spelled in _SPELLED.items() if cls in allowed))
