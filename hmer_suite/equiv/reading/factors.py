r"""Reading what stands side by side: names and their scripts, functions, large operators, integrals, brackets.

The precedence follows common use: a function without brackets takes the factors up to the next function, a sum or
a limit takes the whole product behind it, an integral everything up to its differential.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from hmer_suite.equiv.reading.atoms import Atom, Bracket, atoms
from hmer_suite.equiv.reading.operators import (
    DECORATIONS,
    DOTS,
    FUNCTION_LETTERS,
    GEOMETRY,
    INTEGRALS,
    INVERSES,
    ITERATED_LETTERS,
    KNOWN,
    LARGE,
    LEVEL,
    OPERATOR_NAMES,
    PREFIX_OPERATORS,
    QUANTIFIERS,
    SUM,
    SUMS,
    SYNONYMS,
    WIDE_LETTERS,
)
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ONE,
    TWO,
    Term,
    const,
    fn,
    inverse,
    mul,
    name,
    negative,
    num,
    op,
    power,
    replace,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

if TYPE_CHECKING:
    from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.reading.numbers import number

_HEADS = frozenset(token for token, cls in CLASSES.items() if cls == "NAMEDOP") - INTEGRALS
_MATRICES = {"matrix": "", "pmatrix": "((", "bmatrix": "[[", "Bmatrix": "{{", "vmatrix": "||", "Vmatrix": "||||",
             "smallmatrix": "", "array": "", "subarray": ""}  # fmt: skip
_CASES = frozenset(("cases", "dcases", "rcases", "drcases"))
_FONTS = frozenset(token for token, cls in CLASSES.items() if cls == "FONT") - {r"\textcircled", r"\ensuremath"}
_OVER_FAMILIES = frozenset(r"\max \min \sup \inf \limsup \liminf \varlimsup \varliminf".split())
_WITHOUT_ORDER = {r"\gcd": "gcd", r"\operatorname{lcm}": "lcm"}
_WRAPPERS = frozenset((r"\boxed", r"\underline", r"\fbox"))


class Factors:
    """Reads one row of factors; *reader* reads what is inside them."""

    def __init__(self, reader: TermReader, row: Sequence[Atom]):
        self.reader = reader
        self.row = row
        self.at = 0

    def read(self) -> Term:
        """The product of all factors."""
        elements = _are_elements(self.row, self.reader.chemical)
        self.reader.saw_elements |= elements
        factors: list[Term] = []
        while self.at < len(self.row):
            start = self.at
            factor = self.factor()
            if factors and self._is_mixed(start):
                factors[-1] = self._mixed(factors[-1], factor)
            else:
                factors.append(factor)
        if len(factors) > 1 and num(0) in factors:
            return op("juxt0", *factors)  # nobody writes 0x: perhaps two statements, perhaps a letter O
        return Term("ordered", None, tuple(factors)) if elements and len(factors) > 1 else _joined(factors)

    def after_first(self) -> Sequence[Atom]:
        """The atoms behind the first factor."""
        self.factor()
        return self.row[self.at :]

    def rest(self) -> Term:
        """Everything that is left, as one term."""
        rest = self.row[self.at :]
        self.at = len(self.row)
        return self.reader.statement(list(rest)) if rest else EMPTY

    def peek(self) -> Atom | None:
        """The atom that comes next."""
        return self.row[self.at] if self.at < len(self.row) else None

    def factor(self) -> Term:
        """The next factor, with what stands behind it: arguments, factorials, percent signs."""
        term = self._primary()
        while (following := self.peek()) is not None and following.kind == "sym":
            if following.value == "!":
                term = self._factorial(term)
            elif following.value == r"\%":
                self.at += 1
                term = mul(term, num(Fraction(1, 100)))
            elif following.value in (r"\degree", r"\textdegree"):
                self.at += 1
                term = mul(term, const("deg"))
            else:
                break
        return term

    def _factorial(self, term: Term) -> Term:
        count = 0
        exponent = None
        while exponent is None and (atom := self.peek()) is not None and atom.token == "!":
            self.at += 1
            count += 1
            exponent = atom.sup
        term = fn("factorial", term) if count == 1 else op("!" * count, term)
        return term if exponent is None else power(term, self.reader.group(exponent))

    def _primary(self) -> Term:
        atom = self.row[self.at]
        self.at += 1
        if atom.kind == "sym":
            return self._symbol(atom)
        if atom.kind == "num":
            return self._number(atom)
        if atom.kind == "br":
            return self.scripted(self._bracket(atom.value), atom) if not _is_evaluation(atom) else self._at(atom)
        if atom.kind == "int":
            return self._integral(atom)
        if atom.kind == "none":
            return self.scripted(EMPTY, atom)
        return self._command(atom)

    # --- numbers -----------------------------------------------------------------------------------------------

    def _number(self, atom: Atom) -> Term:
        following = self.peek()
        if following is not None and atom.plain and "." in atom.value and _period(following) is not None:
            return self._repeating(atom)
        return self.scripted(number(atom.value), atom)

    def _repeating(self, atom: Atom) -> Term:
        """``0.1\\overline{3}``, ``0.\\dot{1}4\\dot{2}``: a decimal that repeats."""
        period, dots = "", 0
        while (following := self.peek()) is not None and dots < 2:
            more = _period(following)
            if more is None and not (dots and following.kind == "num" and following.plain):
                break
            self.at += 1
            period += following.value if more is None else more
            lined = following.kind == "cmd" and following.value.name in (r"\overline", r"\bar")
            dots += 2 if lined else more is not None
        fixed = atom.value.partition(".")[2]
        head = Fraction(atom.value + "0")
        return num(head + Fraction(int(period), 10 ** len(fixed) * (10 ** len(period) - 1)))

    def _is_mixed(self, start: int) -> bool:
        """Whether the factors before and at *start* look like a mixed number."""
        before, here = self.row[start - 1], self.row[start]
        if not (before.kind == "num" and before.plain and before.value.isdecimal() and here.kind == "cmd"):
            return False
        node = here.value
        return node.name in (r"\frac", r"\dfrac", r"\tfrac") and all(map(_is_digits, node.children[1:]))

    def _mixed(self, whole: Term, part: Term) -> Term:
        self.reader.used.add("mixed")
        if self.reader.choices.mixed == "product":
            return mul(whole, part)
        return Term("add", None, (whole, part))

    # --- scripts -----------------------------------------------------------------------------------------------

    def scripted(self, base: Term, atom: Atom) -> Term:
        """*base* with the scripts of *atom*."""
        if _counts_choices(base, atom):
            return op("choices", base, self.reader.index(atom.sub), self.reader.group(atom.sup))
        if atom.sub is not None:
            base = Term("sub", None, (base, self.reader.index(atom.sub)))
        if atom.primes:
            base = op("'" * atom.primes, base)
        return base if atom.sup is None else self._raised(base, atom.sup)

    def _exponent(self, sup: Node) -> Term:
        """What stands in a superscript: an exponent, or a mark as a word."""
        mark = _mark(sup)
        return self.reader.group(sup) if mark is None else op("mark", name(mark))

    def _raised(self, base: Term, sup: Node) -> Term:
        mark = _mark(sup)
        if mark in (r"\circ", r"\circ C", r"\circ F"):
            return mul(base, const("deg")) if mark == r"\circ" else op(mark, base)
        if mark is not None:
            return op("^" + mark, base)
        exponent = self.reader.group(sup)
        if base.op in ("num", "const") or base == name("e"):
            return power(base, exponent)
        if _are_indices(exponent):  # i j k: a string of indices as plausibly as a product
            return power(base, Term("juxt", None, exponent.args))
        if exponent.op in ("num", "name") and _is_bracketed(sup):  # a derivative, or an index
            return op("^()", base, exponent)
        return power(base, exponent)

    # --- symbols -----------------------------------------------------------------------------------------------

    def _symbol(self, atom: Atom) -> Term:
        token = SYNONYMS.get(atom.value, atom.value)
        if token in KNOWN:
            return self._function(KNOWN[token], atom)
        if token in SUMS or token == r"\lim":
            return self._bounded(token, atom)
        if token in INTEGRALS:
            return self._open_integral(token, atom)
        if token in _HEADS or token in LARGE:
            return self._head(token, atom)
        if token in PREFIX_OPERATORS:
            return self._operator(token, atom)
        if token in GEOMETRY and self.peek() is not None:
            return op(token, *self._letters(), self.scripted(EMPTY, atom))
        if token in QUANTIFIERS or token == r"\neg":
            rest = self.rest()
            if token in QUANTIFIERS and rest.op != "name":
                self.reader.doubts.add("quantifiers in a row")
            return op(token, rest)
        if token in ("-", "+", r"\pm", r"\mp"):
            return self._signed(token)
        if token in ("d", r"\Delta") and self._names_next():
            return self._difference(token, atom)
        return self._letter(_letter(token), atom)

    def _signed(self, token: str) -> Term:
        rest = self.factor() if self.peek() is not None else EMPTY
        return {"-": negative(rest), r"\pm": mul(const("sign"), rest)}.get(token, rest)

    def _names_next(self) -> bool:
        following = self.peek()
        return following is not None and is_letter(following)

    def _difference(self, token: str, atom: Atom) -> Term:
        """``dx``, ``\\Delta x``: a name of its own, or a product."""
        if not atom.plain:
            return self._letter(name(token), atom)
        following = self.row[self.at]
        self.at += 1
        return op(token, self._plain_factor(following))

    def _plain_factor(self, atom: Atom) -> Term:
        """A factor without what follows it."""
        return Factors(self.reader, [atom]).read()

    def _letters(self) -> list[Term]:
        """What a sign of geometry names: letters side by side, or one thing."""
        first = self.row[self.at]
        if not is_letter(first):
            return [self.factor()]
        letters = []
        while (following := self.peek()) is not None and is_letter(following) and following.kind != "cmd":
            self.at += 1
            letters.append(self._plain_factor(following))
        return [Term("juxt", None, tuple(letters))] if letters else [self.factor()]

    def _operator(self, token: str, atom: Atom) -> Term:
        """``\\partial_x f``, ``\\nabla f``: an operator on everything behind it."""
        operator = self.scripted(name(token), atom)
        return operator if self.peek() is None else op("apply", operator, self.rest())

    def _letter(self, letter: Term, atom: Atom) -> Term:
        """A letter with its scripts; with brackets behind it perhaps a function."""
        argument = self.peek()
        if argument is None or not _is_argument(argument) or letter.op != "name":
            return self.scripted(letter, atom)
        head = self.scripted(letter, Atom(atom.kind, atom.value, atom.sub, None, atom.primes))
        inner = argument.value.parts[0]
        values = self.reader.statement(list(inner))
        several = values.op == "list"
        known = atom.primes or letter.data in (FUNCTION_LETTERS if atom.sup is None else ITERATED_LETTERS)
        structured = values.op in ("chain", "ac", "set", "tuple")
        undivided = letter.data in WIDE_LETTERS and not any(LEVEL.get(a.token) == SUM for a in inner[1:])
        plausible = atom.sup is None and (undivided or _is_single(inner))
        if not (several or structured or known or plausible):
            return self.scripted(letter, atom)
        self.at += 1
        args = values.args if several else (values,)
        at_number = letter.data in FUNCTION_LETTERS and values.op == "num"
        how = "sure" if several or structured or at_number or argument.value.open == "[" else "maybe"
        if atom.sup is not None:
            label = "^()" if _is_bracketed(atom.sup) else "iterate"
            head = op(label, head, self.reader.group(atom.sup))
        value = Term("app", how, (head, *args))
        if how == "maybe" and argument.sup is not None and not argument.primes and argument.sub is None:
            return op("maybe^", value, self._exponent(argument.sup))
        return self.scripted(value, argument)

    # --- functions ---------------------------------------------------------------------------------------------

    def _function(self, which: str, atom: Atom) -> Term:
        """``\\sin^2 x``, ``\\log_2 (x+1)``: a function that we know."""
        exponent = self.reader.group(atom.sup) if atom.sup is not None else None
        if exponent == MINUS_ONE and which in INVERSES:
            self.reader.used.add("inverse")
            if self.reader.choices.inverse == "function":
                which, exponent = INVERSES[which], None
        if which in ("max", "min") and atom.sub is not None:
            return self._head(rf"\{which}", atom)
        base = self.reader.group(atom.sub) if atom.sub is not None and which == "log" else None
        if atom.sub is not None and which != "log":
            return self._head(rf"\{which}", atom)
        args, outer = self._argument()
        if not args:
            return self.scripted(op(which), atom)
        value = self._value(which, base, args)
        if exponent is not None:
            value = power(value, exponent)
        return value if outer is None else self._raised(value, outer)

    def _value(self, which: str, base: Term | None, args: tuple[Term, ...]) -> Term:
        if which in ("max", "min"):
            return fn(which, *args)
        if len(args) > 1:
            return Term("app", "sure", (name(which), *args))
        (argument,) = args
        if which == "exp":
            return power(const("e"), argument)
        if which == "lg":
            base = num(10)
        elif which == "log" and base is None:
            self.reader.used.add("log")
            base = num(10) if self.reader.choices.log == "10" else const("e")
        if which in ("log", "lg"):
            logarithm = fn("ln", argument)
            return logarithm if base == const("e") else mul(logarithm, inverse(fn("ln", base)))
        return fn(which, argument)

    def _head(self, token: str, atom: Atom) -> Term:
        """``\\det A``, ``\\max_x f``, ``\\bigcup_i A_i``: a function or operator that we only know by name."""
        if atom.sub is not None and self.peek() is not None and (token in LARGE or token in _OVER_FAMILIES):
            return self._family(token, atom)
        head = self.scripted(name(token), atom)
        if token in LARGE or atom.sub is not None:
            return head if self.peek() is None else Term("app", "sure", (head, self.rest()))
        args, outer = self._argument()
        if not args:
            return head
        if head.op == "name" and head.data in _WITHOUT_ORDER and len(args) > 1:
            value = fn(_WITHOUT_ORDER[head.data], *args)
            return value if outer is None else self._raised(value, outer)
        value = Term("app", "sure", (head, *args))
        return value if outer is None else self._raised(value, outer)

    def _family(self, token: str, atom: Atom) -> Term:
        """``\\bigcup_{i \\in I} A_i``, ``\\max_x f(x)``: its letter is bound."""
        under = self.reader.group(atom.sub)
        above = self.reader.group(atom.sup) if atom.sup is not None else EMPTY
        body = self.rest()
        variable = under.args[0] if under.op == "chain" and len(under.args) == 2 else under
        if not _is_variable(variable):
            return op(token, body, under, above)
        low = EMPTY if under == variable else op(under.data[0], under.args[1])
        return Term("big", token, (body, variable, low, above))

    def _argument(self) -> tuple[tuple[Term, ...], Node | None]:
        """The arguments of a function, and the exponent that its closing bracket carries."""
        first = self.peek()
        if first is None:
            return (), None
        if _is_argument(first):
            return self._bracketed_argument(first)
        taken: list[Term] = []
        wide = self.reader.choices.argument == "wide"
        settled = False
        while (atom := self.peek()) is not None and not (taken and _starts_function(atom)):
            if settled:
                self.reader.used.add("argument")
                if not wide:
                    break
            term = self.factor()
            taken.append(term)
            settled = settled or not _is_coefficient(term)
        return (_joined(taken),), None

    def _bracketed_argument(self, first: Atom) -> tuple[tuple[Term, ...], Node | None]:
        self.at += 1
        inner = self.reader.statement(list(first.value.parts[0]))
        outer = first.sup
        if outer is not None and first.sub is None and not first.primes:
            self.reader.used.add("power")
            if self.reader.choices.power == "inside":
                return (self._raised(inner, outer),), None
            return (inner.args if inner.op == "list" else (inner,)), outer
        if not first.plain:
            return (self.scripted(inner, first),), None
        return (inner.args if inner.op == "list" else (inner,)), None

    # --- large operators ---------------------------------------------------------------------------------------

    def _bounded(self, token: str, atom: Atom) -> Term:
        """Sums, products and limits: body, variable, bounds."""
        under = self.reader.group(atom.sub) if atom.sub is not None else EMPTY
        above = self.reader.group(atom.sup) if atom.sup is not None else EMPTY
        body = self.rest()
        kind = SUMS.get(token, "lim")
        relation = r"\rightarrow" if kind == "lim" else "="
        if under.op == "chain" and under.data == (relation,) and _is_variable(under.args[0]):
            return Term(kind, None, (body, under.args[0], under.args[1], above))
        if _is_variable(under) and kind != "lim":
            return Term(kind, None, (body, under, EMPTY, above))
        if under.op == "chain" and under.data == (r"\in",) and _is_variable(under.args[0]):
            return Term(kind, None, (body, under.args[0], op(r"\in", under.args[1]), above))
        return op(token, body, under, above)

    def _integral(self, atom: Atom) -> Term:
        """An integral up to its differential."""
        sign, body, variable = atom.value
        lower, upper = self.reader.group(atom.sub), self.reader.group(atom.sup)
        inner = self.reader.statement(body) if body else ONE
        if not body and self.peek() is not None:
            inner = self.rest()
        return Term("int", sign, (inner, self._plain_factor(variable), lower, upper))

    def _open_integral(self, sign: str, atom: Atom) -> Term:
        """An integral whose differential stands in a numerator, or nowhere."""
        lower, upper = self.reader.group(atom.sub), self.reader.group(atom.sup)
        rest = list(self.row[self.at :])
        for index, other in enumerate(rest):
            if (split := _differential_in(other)) is not None:
                self.at = len(self.row)
                above, variable = split
                before = [*rest[:index], *above]
                body = self.reader.statement(before) if before else ONE
                body = mul(body, inverse(self.reader.group(other.value.children[2])))
                if behind := rest[index + 1 :]:
                    body = mul(body, self.reader.statement(behind))
                return Term("int", sign, (body, self._plain_factor(variable), lower, upper))
        return op(sign, self.rest(), lower, upper)

    # --- brackets ----------------------------------------------------------------------------------------------

    def _bracket(self, bracket: Bracket) -> Term:
        shape = (bracket.open, bracket.close)
        if len(bracket.parts) > 1:
            return op("|".join(shape), *(self.reader.statement(part) for part in bracket.parts))
        if shape == ("{", "{") and (builder := self._builder(bracket.parts[0])) is not None:
            return builder
        inner = self.reader.statement(bracket.parts[0])
        if shape == ("[", "[") and len(bracket.parts[0]) == 1 and inner.op not in _COLLECTIONS:
            return op("[]", inner)  # perhaps the whole part of it
        if inner.op == "det":
            return inner
        if inner.op == "matrix" and inner.data[0] == "":
            if shape == ("|", "|"):
                return _determinant(inner.args, inner.data[1])
            return Term("matrix", ("".join(shape), *inner.data[1:]), inner.args)
        return _SHAPES.get(shape, _other_bracket)(inner, shape)

    def _builder(self, row: Sequence[Atom]) -> Term | None:
        """``\\{x \\in A \\mid P(x)\\}``: its letter is bound, and gets a name of its own."""
        places = [index for index, atom in enumerate(row) if atom.plain and atom.token in (":", "|", r"\mid", r"\vert")]
        if len(places) != 1 or places[0] in (0, len(row) - 1):
            return None
        members = self.reader.statement(list(row[: places[0]]))
        statement = self.reader.statement(list(row[places[0] + 1 :]))
        letter = members.args[0] if members.op == "chain" and members.data == (r"\in",) else members
        if letter.op == "name":
            depth = sum(part.op == "op" and part.data == "builder" for part in statement.walk())
            dummy = name(f"#set{depth}")
            members, statement = replace(members, letter, dummy), replace(statement, letter, dummy)
        return Term("set", None, (op("builder", members, statement),))

    def _at(self, atom: Atom) -> Term:
        """``\\left. F \\right|_a^b``: F taken between a and b."""
        inner = self.reader.statement(atom.value.parts[0])
        return op("at", inner, self.reader.group(atom.sub), self.reader.group(atom.sup))

    # --- commands ----------------------------------------------------------------------------------------------

    def _command(self, atom: Atom) -> Term:
        node = atom.value
        if node.kind == "environment":
            return self.scripted(self._environment(node), atom)
        if node.kind in ("text", "math"):
            return self.scripted(Term("text", _words(node)), atom)
        if node.kind == "infix":
            return self.scripted(self.reader.row((node,)), atom)
        command = node.name
        if command in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
            return self._fraction(node, atom)
        if command in (r"\binom", r"\dbinom", r"\tbinom"):
            return self.scripted(fn("binom", *map(self.reader.group, node.children[1:])), atom)
        if command == r"\sqrt":
            return self.scripted(self._root(node), atom)
        if command in _FONTS:
            return self._font(node, atom)
        if CLASSES.get(command) == "TEXT":
            return self.scripted(Term("text", _words(node.children[1])), atom)
        if CLASSES.get(command) == "OPERATORNAME":
            return self._named_operator(node, atom)
        if CLASSES.get(command) == "ACCENT":
            return self._accent(node, atom)
        return self.scripted(op(command, *map(self.reader.group, node.children[1:])), atom)

    def _root(self, node: Node) -> Term:
        degree, radicand = node.children
        index = TWO if degree is None or not degree.children else self.reader.group(degree)
        return power(self.reader.group(radicand), inverse(index))

    def _fraction(self, node: Node, atom: Atom) -> Term:
        if (derivative := self._derivative(node)) is not None and atom.plain:
            return derivative
        above, below = map(self.reader.group, node.children[1:])
        return self.scripted(mul(above, inverse(below)), atom)

    def _derivative(self, node: Node) -> Term | None:
        above, below = (atoms(part.children if part.kind == "group" else (part,)) for part in node.children[1:])
        if not above or (kind := derivation(above[0])) is None:
            return None
        variables = _variables(below, kind)
        if variables is None or (len(above) == 1 and self.peek() is None):
            return None
        operand = self.reader.statement(above[1:]) if len(above) > 1 else self.rest()
        for variable, order in variables:
            times = ONE if order is None else self.reader.group(order)
            operand = Term("deriv", kind, (operand, self._plain_factor(variable), times))
        return operand

    def _font(self, node: Node, atom: Atom) -> Term:
        font, content = node.name, node.children[1]
        text = "".join(unparse(content)).removeprefix("{").removesuffix("}")
        upright = font in (r"\mathrm", r"\mathsf", r"\mathbf", r"\mathtt")
        if font == r"\mathrm" and text.isdecimal():
            return self.scripted(number(text), atom)
        if upright and text in OPERATOR_NAMES:
            return self._function(OPERATOR_NAMES[text], atom)
        if font == r"\mathrm" and text in ("e", "i", "j"):
            return self.scripted(const("e" if text == "e" else "i"), atom)
        if font == r"\mathrm" and text == "d" and self._names_next():
            return self._difference("d", atom)
        if text.isalnum() or (text.startswith("\\") and text[1:].isalpha()):
            return self._letter(name(f"{font}{{{text}}}"), atom)
        return self.scripted(op(font, self.reader.index(content)), atom)

    def _named_operator(self, node: Node, atom: Atom) -> Term:
        words = "".join(t for t in unparse(node.children[1]) if t not in ("{", "}", "~", r"\,", r"\ "))
        if node.name.startswith(r"\operatorname"):
            if words in OPERATOR_NAMES:
                return self._function(OPERATOR_NAMES[words], atom)
            return self._head(f"\\operatorname{{{words}}}", atom)
        return self.scripted(op(node.name, self.reader.group(node.children[1])), atom)

    def _accent(self, node: Node, atom: Atom) -> Term:
        content = self.reader.index(node.children[1])
        if node.name in (r"\pmod", r"\pod", *_WRAPPERS):
            return self.scripted(op(node.name, self.reader.group(node.children[1])), atom)
        accented = op(node.name, content)
        argument = self.peek()
        if argument is not None and _is_argument(argument) and atom.sup is None and _is_single(argument.value.parts[0]):
            self.at += 1
            inner = self.reader.statement(argument.value.parts[0])
            return self.scripted(Term("app", "maybe", (self.scripted(accented, atom), inner)), argument)
        return self.scripted(accented, atom)

    def _environment(self, node: Node) -> Term:
        columns, *lines = node.children
        bars = "".join(unparse(columns)).count("|") if columns is not None else 0
        rows = [[self.reader.row(cell.children) for cell in line.children[1:]] for line in lines]
        width = max(len(row) for row in rows)
        kind = node.name.rstrip("*")
        if kind in _MATRICES:
            cells = tuple(cell for row in rows for cell in [*row, *[EMPTY] * (width - len(row))])
            filled = [cell for cell in cells if cell is not EMPTY]
            if _MATRICES[kind] == "" and len(filled) == 1:
                return filled[0]  # a frame around a single thing
            if _MATRICES[kind] == "||":
                return _determinant(cells, width)
            return Term("matrix", (_MATRICES[kind] + " |" * bars, width), cells)
        if kind in _CASES:
            cells = tuple(cell for row in rows for cell in [*row, *[EMPTY] * (width - len(row))])
            return Term("cases", width, cells)
        lines_read = tuple(self.reader.row([c for cell in line.children[1:] for c in cell.children]) for line in lines)
        return lines_read[0] if len(lines_read) == 1 else Term("list", None, lines_read)


_ELEMENTS = frozenset(
    """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr
    Nb Mo Ag Cd In Sn Sb Te I Xe Cs Ba W Pt Au Hg Pb Bi U""".split()
)


def _are_elements(row: Sequence[Atom], chemical: bool) -> bool:
    """Whether letters side by side can be read as a chemical formula: elements, at least one counted.

    Where another formula of that kind stands (*chemical*), a single symbol such as ``Cu`` is one too.
    """
    atoms_ = row[1:] if row and row[0].kind == "num" else row
    if len(atoms_) < 2 or any(len(atom.token) != 1 or not atom.token.isalpha() for atom in atoms_):
        return False
    counted = any(atom.sub is not None and _is_digits(atom.sub) for atom in atoms_)
    index = found = 0
    while index < len(atoms_):
        pair = atoms_[index].token + (atoms_[index + 1].token if index + 1 < len(atoms_) else "")
        if pair in _ELEMENTS and atoms_[index].plain and len(pair) == 2:
            index += 2
        elif atoms_[index].token in _ELEMENTS:
            index += 1
        else:
            return False
        found += 1
    return chemical or (counted and found > 1)


def _counts_choices(base: Term, atom: Atom) -> bool:
    """``C_n^k``, ``P_5^2``: a number of choices, and a power of an indexed letter as well."""
    return atom.sub is not None and atom.sup is not None and base.op == "name" and base.data in ("A", "C", "P")


def _joined(factors: list[Term]) -> Term:
    """Factors side by side as one term."""
    if len(factors) == 1:
        return factors[0]
    if not factors:
        return EMPTY
    if any(factor.op == "text" or factor is EMPTY for factor in factors):
        return Term("juxt", None, tuple(factors))
    if const("dots") in factors:
        return op("juxt...", *factors)
    if any(factor.op == "op" and not factor.args for factor in factors):  # a sign, with which nothing is computed
        return op("juxt.", *factors)
    if sum(map(_may_not_commute, factors)) > 1 or _has_operator(factors):
        return Term("ordered", None, tuple(factors))
    return Term("mul", None, tuple(factors))


def _has_operator(factors: list[Term]) -> bool:
    """Whether a matrix or an operator such as ``\\hat H`` stands beside more than numbers."""
    others = sum(factor.op not in ("num", "const") for factor in factors)
    return others > 1 and any(map(_is_operator, factors))


def _is_operator(term: Term) -> bool:
    if term.op == "op" and term.data in (r"\hat", r"\widehat"):
        return term.args[0].op == "name" and term.args[0].data.isupper()
    return term.op == "matrix" or (term.op in ("sub", "pow") and _is_operator(term.args[0]))


def _may_not_commute(term: Term) -> bool:
    if term.op == "name":
        return term.data.startswith((r"\mathbf", r"\boldsymbol", r"\bm"))
    if term.op == "op":
        return term.data in (r"\vec", r"\overrightarrow", r"^\dagger", "apply", "^T", r"^\top")
    if term.op in ("sub", "pow", "app"):
        return _may_not_commute(term.args[0])
    if term.op in ("add", "mul"):
        return any(map(_may_not_commute, term.args))
    return term.op == "matrix"


def _letter(token: str) -> Term:
    if token == r"\pi":
        return const("pi")
    if token == r"\infty":
        return const("inf")
    if token in DOTS:
        return const("dots")
    if token.isalpha() or (token[0] == "\\" and token[1:].isalpha() and CLASSES.get(token) in _LETTER_CLASSES):
        return name(token)
    return op(token)


_LETTER_CLASSES = ("SYMBOL", "CHAR", "UNKNOWN")


def is_letter(atom: Atom) -> bool:
    if atom.kind == "sym":
        return atom.value.isalpha() or (CLASSES.get(atom.value) == "SYMBOL" and atom.value[1:].isalpha() and (
            atom.value not in _NO_LETTERS
        ))
    return atom.kind == "cmd" and (atom.value.name in _FONTS or CLASSES.get(atom.value.name) == "ACCENT")


_NO_LETTERS = PREFIX_OPERATORS | QUANTIFIERS | GEOMETRY | DOTS | {r"\ldots", r"\infty", r"\neg", r"\cdots", r"\prime"}


def _is_argument(atom: Atom) -> bool:
    """Brackets that may hold arguments."""
    return atom.kind == "br" and (atom.value.open, atom.value.close) in (("(", "("), ("[", "[")) and (
        len(atom.value.parts) == 1
    )


def _is_single(inner: Sequence[Atom]) -> bool:
    return len(inner) == 1 and inner[0].plain and inner[0].kind in ("sym", "num")


def _is_digits(node: Node) -> bool:
    items = node.children if node.kind == "group" else (node,)
    return bool(items) and all(item.kind == "symbol" and item.name.isdecimal() for item in items)


def _period(atom: Atom) -> str | None:
    """The digits under a dot or a line, which repeat."""
    if atom.kind != "cmd" or atom.value.name not in (r"\dot", r"\overline", r"\bar") or not atom.plain:
        return None
    content = atom.value.children[1]
    if not _is_digits(content):
        return None
    return "".join(item.name for item in (content.children if content.kind == "group" else (content,)))


def _is_coefficient(term: Term) -> bool:
    return term.op == "num" or term == const("pi")


def _is_variable(term: Term) -> bool:
    return term.op in ("name", "sub") or (term.op == "op" and len(term.args) == 1 and term.args[0].op == "name")


def _is_evaluation(atom: Atom) -> bool:
    if atom.value.open == "" and atom.value.close in ("|", "["):
        return not atom.plain
    return atom.value.open == "[" and atom.sub is not None and atom.sup is not None


def _starts_function(atom: Atom) -> bool:
    """Whether an argument without brackets ends before *atom*."""
    if atom.kind == "int":
        return True
    if atom.kind == "cmd":
        return CLASSES.get(atom.value.name) in ("OPERATORNAME", "TEXT")
    return atom.kind == "sym" and (
        atom.value in KNOWN or atom.value in _HEADS or atom.value in SUMS or atom.value in INTEGRALS
    )


_INDICES = frozenset(r"i j k l m n p q \alpha \beta \gamma \delta \kappa \lambda \mu \nu \rho \sigma \tau".split())


def _are_indices(exponent: Term) -> bool:
    """Whether an exponent is letters side by side that are customary indices."""
    return exponent.op == "mul" and all(arg.op == "name" and arg.data in _INDICES for arg in exponent.args)


def _is_bracketed(sup: Node) -> bool:
    """Whether a superscript is all in brackets: ``f^{(n)}``."""
    row = atoms(sup.children if sup.kind == "group" else (sup,))
    return len(row) == 1 and row[0].kind == "br" and row[0].plain and row[0].value.open == "("


def _mark(sup: Node) -> str | None:
    """What decorates a name instead of raising it to a power: ``x^*``, ``A^\\dagger``, ``30^\\circ``."""
    items = sup.children if sup.kind == "group" else (sup,)
    if not items or any(item.kind != "symbol" for item in items):
        return None
    if all(item.name in DECORATIONS for item in items) or items[0].name == r"\circ":
        return " ".join(item.name for item in items)
    if items[-1].name in ("+", "-"):  # the charge of an ion
        return " ".join(item.name for item in items)
    return None


def derivation(atom: Atom) -> str | None:
    """``d`` or ``\\partial``, if that is what the atom is, whatever its exponent."""
    if atom.sub is not None or atom.primes:
        return None
    if atom.token in ("d", r"\partial"):
        return atom.token
    if atom.kind == "cmd" and atom.value.kind == "command" and atom.value.name == r"\mathrm":
        return "d" if "".join(unparse(atom.value.children[1])) in ("d", "{d}") else None
    return None


def _variables(below: list[Atom], kind: str) -> list[tuple[Atom, Node | None]] | None:
    """The variables of a denominator such as ``dx^2`` or ``\\partial x \\partial y``, with their orders."""
    if not below or len(below) % 2:
        return None
    found = []
    for sign, variable in zip(below[::2], below[1::2], strict=True):
        if derivation(sign) != kind or not sign.plain or not is_letter(variable):
            return None
        found.append((Atom(variable.kind, variable.value, variable.sub, None, variable.primes), variable.sup))
    return found


def _differential_in(atom: Atom) -> tuple[list[Atom], Atom] | None:
    """The numerator ``f dx`` of a fraction as f and x."""
    if atom.kind != "cmd" or atom.value.name not in (r"\frac", r"\dfrac", r"\tfrac") or not atom.plain:
        return None
    numerator = atom.value.children[1]
    above = atoms(numerator.children if numerator.kind == "group" else (numerator,))
    if len(above) >= 2 and derivation(above[-2]) == "d" and above[-2].plain and is_letter(above[-1]):
        return above[:-2], above[-1]
    return None


def _words(node: Node) -> str:
    words = "".join(" " if token in ("~", r"\ ") else token for token in unparse(node))
    return " ".join(words.replace("{", " ").replace("}", " ").split())


_COLLECTIONS = frozenset(("list", "set", "tuple", "matrix", "cases", "det", "chain", "ac"))


def _determinant(cells: tuple[Term, ...], width: int) -> Term:
    return Term("det", width, cells) if width * width == len(cells) else Term("matrix", ("||", width), cells)


# --- brackets by shape -------------------------------------------------------------------------------------------


def _grouping(inner: Term, shape: tuple[str, str]) -> Term:
    return Term("tuple", shape, inner.args) if inner.op == "list" else inner


def _interval(inner: Term, shape: tuple[str, str]) -> Term:
    return Term("tuple", shape, inner.args if inner.op == "list" else (inner,))


def _set(inner: Term, shape: tuple[str, str]) -> Term:
    return Term("set", None, inner.args if inner.op == "list" else () if inner is EMPTY else (inner,))


def _absolute(inner: Term, shape: tuple[str, str]) -> Term:
    if inner.op in ("set", "list", "tuple", "matrix", "text"):
        return op("||", inner)
    return fn("abs", inner)


def _other_bracket(inner: Term, shape: tuple[str, str]) -> Term:
    return op("|".join(shape), *(inner.args if inner.op == "list" else (inner,)))


_SHAPES = {
    ("", ""): lambda inner, shape: inner,
    ("(", "("): _grouping,
    ("[", "["): _grouping,
    ("(", "["): _interval,
    ("[", "("): _interval,
    ("{", "{"): _set,
    ("|", "|"): _absolute,
    ("floor", "floor"): lambda inner, shape: fn("floor", inner),
    ("ceil", "ceil"): lambda inner, shape: fn("ceil", inner),
}
