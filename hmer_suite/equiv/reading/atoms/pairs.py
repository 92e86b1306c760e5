r"""Pairs of delimiters in a row: brackets, intervals that look outwards, bars, norms, bras and kets."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import BARS, CLOSING, OPENING, Atom, Bracket
from hmer_suite.equiv.reading.operators import LEVEL, PRODUCT, SYNONYMS, UNION
from hmer_suite.latex.token_classes import CLASSES


def paired(flat: list[Atom]) -> list[Atom]:
    """A row with its brackets and bars made into atoms."""
    return _bars(_matched(flat))


def _matched(flat: list[Atom]) -> list[Atom]:
    """Round, square, curly ... brackets made into atoms; ``[`` may be closed by ``)``, as intervals are."""
    opened: list[Atom] = []
    rows: list[list[Atom]] = [[]]  # the row outside all open brackets, then that in each of them
    for atom in flat:
        token = atom.token
        if token in OPENING and atom.plain:
            opened.append(atom)
            rows.append([])
        elif token == "]" and opened and opened[-1].token == "[" and rows[-1] and _joins_sets(rows[-1][0]):
            inner = rows.pop()
            rows[-1].extend((opened.pop(), *inner, atom))
        elif token in CLOSING and opened and _fits(opened[-1].token, token, rows[-1]):
            shapes = OPENING[opened.pop().token], CLOSING[token]
            inner = rows.pop()
            if shapes == ("<", "<") and (braket := split_braket(inner, atom)) is not None:
                rows[-1].extend(braket)
                continue
            bracket = Bracket(*shapes, (_bars(_with_bras(inner)),))
            rows[-1].append(Atom("br", bracket, atom.sub, atom.sup, atom.primes))
        else:
            rows[-1].append(atom)
    while opened:  # never closed: an ordinary sign
        inner = rows.pop()
        rows[-1].extend((opened.pop(), *inner))
    return _turned_intervals(_with_bras(rows[0]))


def _turned_intervals(row: list[Atom]) -> list[Atom]:
    """``]a, b[``: brackets that look outwards leave the end out, as round ones do (ISO 80000-2, 2-7.10)."""
    lone = [index for index, atom in enumerate(row) if atom.token in ("[", "]")]
    if not lone or len(lone) % 2:
        return row
    out = row[: lone[0]]
    for first, last, end in zip(lone[::2], lone[1::2], [*lone[2::2], len(row)], strict=True):
        inner = row[first + 1 : last]
        if not _has_two_ends(inner) or not row[first].plain:
            return row
        shapes = ("[" if row[first].token == "[" else "("), ("[" if row[last].token == "]" else "(")
        closing = row[last]
        bracket = Bracket(*shapes, (_bars(inner),))
        out.append(Atom("br", bracket, closing.sub, closing.sup, closing.primes))
        out.extend(row[last + 1 : end])
    return out


def _joins_sets(atom: Atom) -> bool:
    r"""Whether an atom stands between intervals: ``]1,2[\cup]3,4[``."""
    return LEVEL.get(atom.token) == UNION


def _has_two_ends(inner: Sequence[Atom]) -> bool:
    """Whether a row has one separator between the ends of an interval: a semicolon, or else a comma."""
    signs = [SYNONYMS.get(atom.token, atom.token) for atom in inner]
    return (signs.count(";") or signs.count(",")) == 1 and signs[-1] not in (",", ";")


def _fits(opening: str, closing: str, inner: Sequence[Atom]) -> bool:
    r"""Whether two brackets are partners; ``\langle`` is one of ``)`` around the ends of an interval."""
    shapes = {OPENING[opening], CLOSING[closing]}
    if len(shapes) == 2 and "<" in shapes and shapes < {"(", "<", "["}:
        return _has_two_ends(inner) and not any(atom.token in BARS for atom in inner)
    return len(shapes) == 1 or shapes == {"(", "["} or shapes == {"|", "<"}


# --- bras and kets -----------------------------------------------------------------------------------------------

_SINGLE_BARS = frozenset(bar for bar, shape in BARS.items() if shape == "|") | {r"\mid"}


def split_braket(inner: Sequence[Atom], closing: Atom) -> list[Atom] | None:
    r"""``\langle p|q\rangle`` and ``\langle p|A|q\rangle`` as a bra, perhaps an operator, and a ket; else None."""
    bars = [index for index, atom in enumerate(inner) if atom.token in _SINGLE_BARS]
    if len(bars) not in (1, 2) or not all(inner[bar].plain for bar in bars):
        return None
    starts, ends = [0, *(bar + 1 for bar in bars)], [*bars, len(inner)]
    bra, *between, ket = (list(inner[start:end]) for start, end in zip(starts, ends, strict=True))
    if not (bra and ket and all(between)):
        return None
    factors = [
        Atom("br", Bracket("<", "|", (paired(bra),))),
        *(atom for row in between for atom in paired(row)),
    ]
    factors.append(Atom("br", Bracket("|", "<", (paired(ket),))))
    if closing.plain:
        return factors
    return [Atom("br", Bracket("", "", (factors,)), closing.sub, closing.sup, closing.primes)]


def _with_bras(row: list[Atom]) -> list[Atom]:
    r"""The row with ``\langle p|`` and ``|q\rangle``, brackets with a bar for a partner, as atoms."""
    if not any(atom.token in (r"\langle", r"\rangle") for atom in row):
        return row
    out: list[Atom] = []
    index = 0
    while index < len(row):
        atom = row[index]
        index += 1
        if atom.token == r"\langle" and atom.plain and (end := _next_bar(row, index)):
            bar = row[end]
            out.append(Atom("br", Bracket("<", "|", (_bars(row[index:end]),)), bar.sub, bar.sup, bar.primes))
            index = end + 1
        elif atom.token == r"\rangle" and (start := _last_bar(out)) is not None:
            inner = out[start + 1 :]
            del out[start:]
            ket = Bracket("|", "<", (_bars(inner),))
            out.append(Atom("br", ket, atom.sub, atom.sup, atom.primes))
        else:
            out.append(atom)
    return out


def _next_bar(row: Sequence[Atom], start: int) -> int:
    """The place of the bar that ends a bra whose content begins at *start*; 0 if there is none."""
    for index in range(start, len(row)):
        token = row[index].token
        if token in _SINGLE_BARS:
            return index if index > start else 0
        if token == r"\langle":
            break
    return 0


def _last_bar(out: Sequence[Atom]) -> int | None:
    """The place of the bar that begins a ket whose content ends the row; None if there is none."""
    for index in range(len(out) - 1, -1, -1):
        if out[index].token in _SINGLE_BARS:
            return index if index < len(out) - 1 and out[index].plain else None
    return None


# --- bars --------------------------------------------------------------------------------------------------------

_BEFORE_OPERAND = LEVEL.keys() | {token for token, cls in CLASSES.items() if cls in ("NAMEDOP", "LARGEOP")}


def _bars(row: list[Atom]) -> list[Atom]:
    """Bars matched: one opens where an operand is due, and closes where one has just ended."""
    flat = _with_fences(row)
    places = [i for i, atom in enumerate(flat) if atom.token in BARS]
    if not places:
        return flat
    out: list[Atom] = []
    waiting: list[tuple[int, Atom]] = []  # opening bars: where in out, and which
    for index, atom in enumerate(flat):
        if atom.token not in BARS:
            out.append(atom)
            continue
        shape = BARS[atom.token]
        opened = bool(waiting) and BARS[waiting[-1][1].token] == shape
        due = not out or (opened and waiting[-1][0] == len(out) - 1) or out[-1].token in _BEFORE_OPERAND
        if opened and not due:
            start, _ = waiting.pop()
            inner = out[start + 1 :]
            del out[start:]
            out.append(Atom("br", Bracket(shape, shape, (inner,)), atom.sub, atom.sup, atom.primes))
        else:
            if atom.plain and (due or any(BARS[flat[i].token] == shape for i in places if i > index)):
                waiting.append((len(out), atom))
            out.append(atom)
    return _with_restrictions(_with_parallels(out) if waiting else out)


_LOOSER = frozenset(token for token, level in LEVEL.items() if level < PRODUCT)


def _with_restrictions(row: list[Atom]) -> list[Atom]:
    r"""The row with a lone bar that has an index, and what stands before it, as one: ``f|_A`` is ``\left.f\right|_A``.

    Such a bar ends something. If that is more than one thing with its arguments, nothing says where it begins.
    """
    out: list[Atom] = []
    for atom in row:
        if BARS.get(atom.token) == "|" and atom.sub is not None:
            start = len(out)
            while start and out[start - 1].token not in _LOOSER and out[start - 1].token not in BARS:
                start -= 1
            if len(out) - start == 1 or (len(out) - start == 2 and _is_arguments(out[-1])):
                inner = out[start:]
                del out[start:]
                atom = Atom("br", Bracket("", "|", (inner,)), atom.sub, atom.sup, atom.primes)
        out.append(atom)
    return out


def _is_arguments(atom: Atom) -> bool:
    return isinstance(atom.value, Bracket) and atom.value.open == "(" and atom.plain


_FENCES = {r"\parallel": r"\|", r"\mid": "|"}
"""Signs of relations that may be bars, and these bars."""


def _with_fences(row: list[Atom]) -> list[Atom]:
    r"""The row with two signs of a relation that lack a side, ``\parallel p\parallel`` or ``\mid p\mid``, as bars."""
    for sign, bar in _FENCES.items():
        row = _fenced(row, sign, bar)
    return row


def _fenced(row: list[Atom], sign: str, bar: str) -> list[Atom]:
    places = [index for index, atom in enumerate(row) if atom.token == sign]
    if not places or len(places) % 2:
        return row
    for opening, closing in zip(places[::2], places[1::2], strict=True):
        due = opening == 0 or row[opening - 1].token in _BEFORE_OPERAND
        closed = (
            not row[closing].plain or closing == len(row) - 1 or row[closing + 1].token in _BEFORE_OPERAND
        )
        if not (due or closed) or not row[opening].plain or closing == opening + 1:
            return row
    out = list(row)
    for place in places:
        out[place] = row[place].as_sign(bar)
    return out


def _with_parallels(row: list[Atom]) -> list[Atom]:
    r"""The row with two lone bars side by side between operands as one sign: ``AB||CD`` is ``AB\parallel CD``."""
    lone = [index for index, atom in enumerate(row) if atom.token in BARS]
    if [BARS[row[index].token] for index in lone] != ["|", "|"] or lone[1] != lone[0] + 1:
        return row
    if lone[0] == 0 or not (row[lone[0]].plain and row[lone[1]].plain):
        return row
    return [*row[: lone[0]], Atom("sym", r"\parallel"), *row[lone[1] + 1 :]]


def ambiguous_bars(flat: Sequence[Atom]) -> bool:
    """Whether the bars of a row can be paired in another way: ``|x|y|z|``."""
    inside, operand = False, False
    for atom in flat:
        if isinstance(atom.value, Bracket) and atom.value.open == atom.value.close in ("|", "||"):
            if inside and operand:
                return True
            inside, operand = True, False
        elif atom.token in LEVEL:
            inside = operand = False
        else:
            operand = True
    return False
