r"""Writes terms as LaTeX, spelling at random what can be spelt in several ways.

Only spellings that leave one reading: no juxtaposed numbers, no mixed numbers, no function without brackets in front
of a factor, no slash inside a product.
"""

from __future__ import annotations

import random
import re

from tests.equiv.bed.terms import Name, Term, num, walk

SUM, PRODUCT, FACTOR, ATOM = 1, 2, 3, 4
"""How tightly a spelling binds; what binds less than its place asks for gets brackets."""

TOKEN = re.compile(r"\\text\s*\{[^}]*\}|\\(?:begin|end)\s*\{[^}]*\}|\\[a-zA-Z]+|\\.|[^\s]")

SPELLINGS = {
    "\\le": ("\\le", "\\leq"),
    "\\ge": ("\\ge", "\\geq"),
    "\\neq": ("\\neq", "\\ne"),
    "\\to": ("\\to", "\\rightarrow"),
    "\\land": ("\\land", "\\wedge"),
    "\\lor": ("\\lor", "\\vee"),
    "\\neg": ("\\neg", "\\lnot"),
}

APPLICABLE = frozenset("a b k m n x".split())
"""Letters that nobody takes for a function in front of a bracketed sum."""


def write(term: Term, rng: random.Random) -> str:
    """LaTeX of *term*."""
    text = _Writer(rng).tex(term, 0)
    tokens = TOKEN.findall(text)
    return " ".join(tokens) if rng.random() < 0.4 else _tight(tokens)


def _tight(tokens: list[str]) -> str:
    """Tokens with only the spaces that TeX needs."""
    out = ""
    for token in tokens:
        if re.search(r"\\[a-zA-Z]+$", out) and token[0].isalpha():
            out += " "
        out += token
    return out


class _Writer:
    def __init__(self, rng: random.Random):
        self.rng = rng

    def tex(self, term: Term, place: int) -> str:
        """*term* as it can stand in a place that asks for *place*."""
        text, binds = getattr(self, "_" + term.op)(term)
        return text if binds >= place else self.bracketed(text)

    def pick(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def spelt(self, command: str) -> str:
        return self.pick(*SPELLINGS.get(command, (command,)))

    def bracketed(self, text: str) -> str:
        return self.pick(f"( {text} )", f"( {text} )", rf"\left( {text} \right)", rf"\bigl( {text} \bigr)")

    def braced(self, text: str) -> str:
        """An argument: braces may go around a single token."""
        single = len(TOKEN.findall(text)) == 1 and not text.startswith("\\text")
        return text if single and self.rng.random() < 0.5 else "{ " + text + " }"

    def script(self, text: str) -> str:
        single = re.fullmatch(r"[a-zA-Z0-9]|\\[a-z]+", text) and text not in NO_SCRIPT
        return text if single and self.rng.random() < 0.5 else "{ " + text + " }"

    # --- numbers and letters ------------------------------------------------------------------------------

    def _num(self, term: Term) -> tuple[str, int]:
        digits = str(term.data)
        if len(digits) >= 5 and self.rng.random() < 0.5:
            digits = f"{term.data:,}".replace(",", self.pick("{,}", r"\,"))
        return digits, ATOM

    def _dec(self, term: Term) -> tuple[str, int]:
        return term.data + ("0" if self.rng.random() < 0.1 else ""), ATOM

    def _const(self, term: Term) -> tuple[str, int]:
        return term.data, ATOM

    def _sym(self, term: Term) -> tuple[str, int]:
        return self.name(term.data), ATOM

    def name(self, name: Name) -> str:
        text = name.base
        if name.font:
            text = rf"\{name.font} {{ {text} }}"
        if name.accent:
            text = (
                rf"\{name.accent} {self.braced(text)}" if not name.font else rf"\{name.accent} {{ {text} }}"
            )
        primes = "'" * name.primes
        if name.primes and self.rng.random() < 0.4:
            primes = "^ { " + r"\prime " * name.primes + "}"
        subscript = f"_ {self.script(name.sub)}" if name.sub else ""
        return text + (primes + subscript if primes.startswith("'") else subscript + primes)

    def _idx(self, term: Term) -> tuple[str, int]:
        return f"{self.name(term.data)} _ {self.script(self.tex(term.args[0], 0))}", ATOM

    # --- sums and products --------------------------------------------------------------------------------

    def _add(self, term: Term) -> tuple[str, int]:
        out = ""
        for place, arg in enumerate(term.args):
            minus = arg.op == "neg"
            if minus and place and self.rng.random() < 0.1:
                out += "+ " + self.bracketed(self.tex(arg, 0))
                continue
            text = self.addend(arg.args[0] if minus else arg, last=place == len(term.args) - 1, minus=minus)
            out += ("- " if minus else "+ " if place else "") + text + " "
        return out.strip(), SUM

    def addend(self, term: Term, *, last: bool, minus: bool = False) -> str:
        """A term of a sum; what reaches as far as it can is bracketed unless it stands last."""
        reaches = not last and _reaches(term)
        text = self.tex(term, PRODUCT)
        if term.op == "div" and self.rng.random() < 0.1 and all(_is_plain(arg) for arg in term.args):
            text = " / ".join(self.tex(arg, ATOM) for arg in term.args)
        return self.bracketed(text) if reaches else text

    def _neg(self, term: Term) -> tuple[str, int]:
        return "- " + self.tex(term.args[0], PRODUCT), SUM

    def _pm(self, term: Term) -> tuple[str, int]:
        return rf"{self.addend(term.args[0], last=False)} \pm {self.tex(term.args[1], PRODUCT)}", SUM

    def _mul(self, term: Term) -> tuple[str, int]:
        out = ""
        signs = (r" \cdot ",) if _has_vectors(term) else (r" \cdot ", r" \times ")
        for place, arg in enumerate(term.args):
            text = self.factor(arg, last=place == len(term.args) - 1)
            if not place:
                out = text
            elif self.may_juxtapose(term.args[place - 1], arg, out, text):
                out += self.pick(" ", " ", " ", r" \, ", *signs) + text
            else:
                out += self.pick(*signs) + text
        return out, PRODUCT

    def factor(self, term: Term, *, last: bool) -> str:
        if term.op == "fn" and not last:
            return self.function(term, brackets=True)
        if term.op == "abs":
            return self.absolute(term, sized=True)
        if last and (_ends_open(term) or term.op == "int"):
            return self.tex(term, PRODUCT)
        return self.tex(term, FACTOR)

    def may_juxtapose(self, before: Term, behind: Term, left: str, right: str) -> bool:
        """Whether two factors side by side can only be a product."""
        if right[0].isdigit() or _ends_open(before) or behind.op in ("dec", "percent", "degree", "matrix"):
            return False
        if (
            before == num(0)
            or before.op in ("fact", "percent", "degree", "dec")
            or (behind.op == "div" and before.op in ("num", "div"))
        ):
            return False
        if right.startswith(("(", "\\left(", "\\bigl(")):
            letter = before.args[0] if before.op == "pow" else before
            name = letter.data.base if letter.op == "sym" else ""
            plain = letter.op in ("num", "div", "sqrt") or left.endswith((")", "\\right)", "\\bigr)"))
            if before.op == "app":
                return False
            factor = behind.op == "add" and name in APPLICABLE and letter.data == Name(name)
            return (plain or factor) and not left.endswith("'")
        return behind.op not in ("fn", "log") or before.op != "app"

    def _div(self, term: Term) -> tuple[str, int]:
        over, under = (self.tex(arg, 0) for arg in term.args)
        if self.rng.random() < 0.1:
            return rf"{{ {over} \over {under} }}", FACTOR
        command = self.pick("\\frac", "\\frac", "\\frac", "\\dfrac", "\\tfrac")
        return f"{command} {self.braced(over)} {self.braced(under)}", FACTOR

    def _pow(self, term: Term) -> tuple[str, int]:
        base, exponent = term.args
        if (
            base.op == "fn"
            and exponent.op == "num"
            and base.data in TRIGONOMETRIC
            and self.rng.random() < 0.7
        ):
            return self.function(base, exponent=self.script(str(exponent.data))), PRODUCT
        text = self.bracketed(self.tex(base, 0)) if base.op in BRACKETED_BASES else self.tex(base, ATOM)
        if base.op == "sym" and base.data.primes:
            text = self.bracketed(text)
        return f"{text} ^ {self.script(self.tex(exponent, 0))}", FACTOR

    def _sqrt(self, term: Term) -> tuple[str, int]:
        return rf"\sqrt {self.braced(self.tex(term.args[0], 0))}", FACTOR

    def _root(self, term: Term) -> tuple[str, int]:
        return rf"\sqrt [ {term.data} ] {self.braced(self.tex(term.args[0], 0))}", FACTOR

    def _fact(self, term: Term) -> tuple[str, int]:
        base = term.args[0]
        text = self.bracketed(self.tex(base, 0)) if base.op not in ("num", "sym") else self.tex(base, ATOM)
        return f"{text} !", FACTOR

    def _binom(self, term: Term) -> tuple[str, int]:
        n, k = (self.tex(arg, 0) for arg in term.args)
        return (
            rf"{{ {n} \choose {k} }}" if self.rng.random() < 0.2 else rf"\binom {{ {n} }} {{ {k} }}",
            FACTOR,
        )

    def _percent(self, term: Term) -> tuple[str, int]:
        return self.tex(term.args[0], ATOM) + r" \%", FACTOR

    def _degree(self, term: Term) -> tuple[str, int]:
        return self.tex(term.args[0], ATOM) + self.pick(r" ^ \circ", r" ^ { \circ }"), FACTOR

    def _abs(self, term: Term) -> tuple[str, int]:
        return self.absolute(term, sized=_has_bars(term.args[0])), ATOM

    def absolute(self, term: Term, *, sized: bool) -> str:
        inside = self.tex(term.args[0], 0)
        choices = [rf"\left| {inside} \right|", rf"\lvert {inside} \rvert"]
        return self.pick(*choices) if sized else self.pick(f"| {inside} |", *choices)

    # --- functions ----------------------------------------------------------------------------------------

    def _fn(self, term: Term) -> tuple[str, int]:
        return self.function(term), PRODUCT

    def function(self, term: Term, *, brackets: bool = False, exponent: str = "") -> str:
        command = term.data + (f" ^ {exponent}" if exponent else "")
        argument = term.args[0]
        if not brackets and _may_bare(argument) and self.rng.random() < 0.7:
            parts = argument.args if argument.op == "mul" else (argument,)
            return f"{command} {' '.join(self.tex(part, FACTOR) for part in parts)}"
        return f"{command} {self.bracketed(self.tex(argument, 0))}"

    def _log(self, term: Term) -> tuple[str, int]:
        base, argument = term.args
        head = rf"\log _ {self.script(self.tex(base, 0))}"
        if argument.op in ("sym", "num") and self.rng.random() < 0.6:
            return f"{head} {self.tex(argument, ATOM)}", PRODUCT
        return f"{head} {self.bracketed(self.tex(argument, 0))}", PRODUCT

    def _app(self, term: Term) -> tuple[str, int]:
        inside = " , ".join(self.tex(arg, 0) for arg in term.args)
        bracketed = self.pick(f"( {inside} )", rf"\left( {inside} \right)")
        return f"{self.name(term.data)} {bracketed}", FACTOR

    # --- operators with bound letters ---------------------------------------------------------------------

    def _sum(self, term: Term) -> tuple[str, int]:
        low, high, body = term.args
        bounds = [
            f"_ {{ {self.name(term.data)} = {self.tex(low, 0)} }}",
            f"^ {self.script(self.tex(high, 0))}",
        ]
        if self.rng.random() < 0.2:
            bounds.reverse()
        limits = r" \limits " if self.rng.random() < 0.2 else " "
        return rf"\{term.op}{limits}{' '.join(bounds)} {self.tex(body, PRODUCT)}", PRODUCT

    _prod = _sum

    def _int(self, term: Term) -> tuple[str, int]:
        low, high, body = term.args
        bounds = [f"_ {self.script(self.tex(low, 0))}", f"^ {self.script(self.tex(high, 0))}"]
        if self.rng.random() < 0.2:
            bounds.reverse()
        limits = r" \limits " if self.rng.random() < 0.2 else " "
        return rf"\int{limits}{' '.join(bounds)} {self.integrand(body, term.data)}", PRODUCT

    def _indef(self, term: Term) -> tuple[str, int]:
        return rf"\int {self.integrand(term.args[0], term.data)}", PRODUCT

    def integrand(self, body: Term, name: Name) -> str:
        differential = self.pick("d", "d", r"\mathrm { d }") + " " + self.name(name)
        return self.tex(body, PRODUCT) + self.pick(" ", r" \, ") + differential

    def _lim(self, term: Term) -> tuple[str, int]:
        to, body = term.args
        under = f"{self.name(term.data)} {self.spelt(TO)} {self.tex(to, 0)}"
        limits = r" \limits " if self.rng.random() < 0.2 else " "
        return rf"\lim{limits}_ {{ {under} }} {self.tex(body, PRODUCT)}", PRODUCT

    def _deriv(self, term: Term) -> tuple[str, int]:
        name, order, sign = term.data
        (body,) = term.args
        over = f"{sign} ^ {self.script(str(order))}" if order > 1 else sign
        power = f"^ {self.script(str(order))}" if order > 1 else ""
        head = rf"\frac {{ {over} }} {{ {sign} {self.name(name)} {power} }}"
        return f"{head} {self.tex(body, FACTOR)}", PRODUCT

    # --- collections and statements -----------------------------------------------------------------------

    def entries(self, term: Term, separator: str = " , ") -> str:
        return separator.join(self.tex(arg, 0) for arg in term.args)

    def _set(self, term: Term) -> tuple[str, int]:
        inside = self.entries(term)
        return self.pick(rf"\{{ {inside} \}}", rf"\left\{{ {inside} \right\}}"), ATOM

    def _tuple(self, term: Term) -> tuple[str, int]:
        inside = self.entries(term)
        return self.pick(f"( {inside} )", rf"\left( {inside} \right)"), ATOM

    def _list(self, term: Term) -> tuple[str, int]:
        return self.entries(term), 0

    def _interval(self, term: Term) -> tuple[str, int]:
        inside, (left, right) = self.entries(term), term.data
        return self.pick(f"{left} {inside} {right}", rf"\left{left} {inside} \right{right}"), ATOM

    def _matrix(self, term: Term) -> tuple[str, int]:
        environment, columns = term.data
        cells = [self.tex(arg, 0) for arg in term.args]
        rows = [" & ".join(cells[k : k + columns]) for k in range(0, len(cells), columns)]
        body = r" \\ ".join(rows)
        left, right = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "||"}[environment]
        if self.rng.random() < 0.3:
            return rf"\left{left} \begin{{matrix}} {body} \end{{matrix}} \right{right}", ATOM
        if self.rng.random() < 0.2:
            array = rf"\begin{{array}} {{ {'c' * columns} }} {body} \end{{array}}"
            return rf"\left{left} {array} \right{right}", ATOM
        return rf"\begin{{{environment}}} {body} \end{{{environment}}}", ATOM

    def _cases(self, term: Term) -> tuple[str, int]:
        rows = [
            self.tex(term.args[k], 0) + self.pick(" , & ", " & ") + self.tex(term.args[k + 1], 0)
            for k in range(0, len(term.args), 2)
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", ATOM

    def _text(self, term: Term) -> tuple[str, int]:
        return rf"\text{{{term.data}}}", ATOM

    def _dots(self, term: Term) -> tuple[str, int]:
        texts = [self.tex(arg, ATOM) for arg in term.args]
        texts.insert(
            -1, self.pick(r"\ldots", r"\dots") if term.data == "," else self.pick(r"\cdots", r"\dots")
        )
        return f" {term.data} ".join(texts), 0 if term.data == "," else SUM

    def _setop(self, term: Term) -> tuple[str, int]:
        return f" {term.data} ".join(self.tex(arg, ATOM) for arg in term.args), SUM

    def _logic(self, term: Term) -> tuple[str, int]:
        if term.data == "\\neg":
            return f"{self.spelt(term.data)} {self.tex(term.args[0], ATOM)}", PRODUCT
        return f" {self.spelt(term.data)} ".join(self.tex(arg, PRODUCT) for arg in term.args), SUM

    def _builder(self, term: Term) -> tuple[str, int]:
        domain, statement = (self.tex(arg, 0) for arg in term.args)
        bar = self.pick(r"\mid", "|", ":")
        return rf"\{{ {self.name(term.data)} \in {domain} {bar} {statement} \}}", ATOM

    def _quant(self, term: Term) -> tuple[str, int]:
        domain, statement = (self.tex(arg, 0) for arg in term.args)
        quantifier, name = term.data
        return rf"{quantifier} {self.name(name)} \in {domain} {self.pick(',', ':')} {statement}", 0

    def _rel(self, term: Term) -> tuple[str, int]:
        out = self.tex(term.args[0], 0)
        for relation, side in zip(term.data, term.args[1:], strict=True):
            out += f" {self.spelt(relation)} {self.tex(side, 0)}"
        return out, PRODUCT

    def _worded(self, term: Term) -> tuple[str, int]:
        left, right = (self.tex(arg, 0) for arg in term.args)
        return rf"{left} \text{{ {term.data} }} {right}", 0

    def _figure(self, term: Term) -> tuple[str, int]:
        sign, letters = term.data
        spaced = " ".join(letters)
        return f"{sign} {{ {spaced} }}" if sign == "\\overline" else f"{sign} {spaced}", ATOM

    def _arrow(self, term: Term) -> tuple[str, int]:
        (arrow, over), (left, right) = term.data, (self.tex(arg, ATOM) for arg in term.args)
        above = f" {{ {over} }}" if over else ""
        return f"{left} {self.spelt(arrow)}{above} {right}", 0


TRIGONOMETRIC = frozenset({"\\sin", "\\cos", "\\tan"})
BRACKETED_BASES = frozenset({"fn", "log", "sqrt", "root", "div", "app", "pow", "fact", "binom", "abs"})
TO = "\\to"
NO_SCRIPT = frozenset({"\\text", "\\mathrm"})
REACHING = frozenset({"sum", "prod", "lim", "deriv"})


def _reaches(term: Term) -> bool:
    """Whether the spelling of *term* could swallow what follows it."""
    if term.op == "mul":
        return _reaches(term.args[-1])
    return term.op in REACHING


def _ends_open(term: Term) -> bool:
    """Whether a factor ends in something that would take the next one as its argument."""
    return term.op in ("fn", "log", *REACHING) or (term.op == "pow" and term.args[0].op == "fn")


def _is_plain(term: Term) -> bool:
    return term.op == "num" or (term.op == "sym" and term.data == Name(term.data.base))


def _has_vectors(term: Term) -> bool:
    return any(node.op == "sym" and node.data.is_vector for _, node, _ in walk(term))


def _has_bars(term: Term) -> bool:
    return term.op == "abs" or any(_has_bars(arg) for arg in term.args)


def _may_bare(term: Term) -> bool:
    """Whether *term* is an argument without brackets that everybody reads alike."""
    if term.op == "mul":
        number, *letters = term.args
        return number.op == "num" and len(letters) == 1 and letters[0].op == "sym"
    return term.op in ("sym", "num", "degree") or (term.op == "div" and all(map(_is_plain, term.args)))
