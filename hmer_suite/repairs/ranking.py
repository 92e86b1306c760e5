"""The best of the cheapest repairs: a beam over the lattice, scored by token model and error weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from itertools import pairwise, takewhile
from operator import itemgetter

from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_brackets
from hmer_suite.latex.constructs import BRACKETS, NO_DELIMITER, OPENING_OF
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES, UNKNOWN
from hmer_suite.repairs.cheapest import CLOSERS, DELETE, OPENERS, READ, REPLACE, RepairLattice, State
from hmer_suite.repairs.places import (
    beginnings_of_arguments,
    closing_delimiter,
    ends_of_scripts,
    environment_steps,
    first_cell,
    lefts,
)

BEAM = 5
"""Histories kept in each state of the lattice."""

DOUBLED, INVENTED, LOST, MISSPELT, FILLED = 0.0, -3.0, 0.0, 30.0, -60.0
"""Log-weights of errors: a token was doubled, invented, a bracket was lost, a command misspelt, and a symbol
was lost. To double and to drop is likelier than to invent, and a repair should not invent symbols either."""

VISIBLE, BEGUN = -12.0, -400.0
"""Log-weights added where a visible mark is deleted, and the beginning of text or of an environment, whose content
would become mathematics."""

ARGUMENT = -20.0
"""Log-weight added where the brace that begins a command's argument is deleted: its other brace was lost, rather."""

_WITH_ARGUMENT = frozenset(
    "FRAC CFRAC GENFRAC SIDESET PRESCRIPT STACK XARROW SQRT OF ACCENT SMASH FONT PRIMITIVE OPERATORNAME".split()
)
_WITH_WORDS = frozenset("TEXT RAW COLOR RAWMATH RAWTEXT COLORBOX FCOLORBOX RULE".split())
"""Classes of commands whose argument is a formula, and of those whose argument is none."""

_WITH_COLUMNS = frozenset(("BEGIN_ARRAY", "BEGIN_DARRAY", "BEGIN_TABULAR", "BEGIN_SUBARRAY"))

_UPRIGHT = frozenset((r"\mathrm", r"\mathit", r"\mathsf", r"\mathtt", r"\mathop"))
_OF_NAMES = _UPRIGHT | {r"\operatorname", r"\operatorname*", r"\operatornamewithlimits"}
"""Commands whose argument is the name of a function or quantity; the first are also used for single letters."""

_WIDE = frozenset(
    r"""\overline \underline \overrightarrow \overleftarrow \overleftrightarrow \widehat \widetilde \overbrace
    \underbrace \overbracket \underbracket \boxed \phantom \hphantom \vphantom \cancel \bcancel \xcancel
    \substack""".split()
)
"""Commands that seldom hold a single symbol."""

_OPERATORS = frozenset("+-=<>*/")

MISPLACED = -20.0
"""Log-weight of a closing brace that is inserted behind an opening one, a row break or an operator, within a
word, or behind the first symbol of what is drawn wide."""

DELIMITER = -8.0
r"""Log-weight of the delimiter that a ``\left`` lacks: it is known from the other side, or draws nothing."""

EARLY = -40.0
"""Log-weight of each token between the inserted end of an environment or fence and where it may close latest."""

_VISIBLE = frozenset(
    """CHAR COLUMN SYMBOL LARGEOP NAMEDOP DELIM MDELIM BAR LBRACK RBRACK FRAC CFRAC GENFRAC SQRT ROOT ACCENT
    OPERATORNAME PRIME""".split()
)
"""Classes of tokens that draw a mark."""

SPELLINGS: dict[str, tuple[str, ...]] = {
    **{cls: (token,) for token, cls in CLASSES.items() if cls in OPENERS or cls in CLOSERS},
    "CHAR": ("x", "1"),
    "DELIM": (")", "(", "."),
    "COLUMN": ("c",),
    "RBRACK": ("]",),
    "DOLLAR": ("$",),
    "LARGEOP": (r"\sum",),
    "OF": (r"\of",),
    "TEXT": (r"\text",),
    "ROWBREAK": (r"\\",),
}
"""Tokens that an inserted class may be spelt with."""


@dataclass(frozen=True, slots=True)
class Step:
    """One edit before or at token *position* of the input; *token* is deleted, inserted or written."""

    operation: str
    token: str
    position: int


@dataclass(frozen=True)
class RepairRanker:
    """Scores every path through a lattice. A hypothesis is (score, context, linked list of steps)."""

    tokens: Sequence[str]
    replacements: Mapping[tuple[int, str], str]
    model: token_model.Model
    first_cells: dict[str, int | None] = field(default_factory=dict)

    @cached_property
    def latest(self) -> list[int]:
        """For each position, where what is open there may close latest.

        That is the end, or in front of a bracket whose partner stands before the last environment that never ends.
        """
        begun = match_brackets(environment_steps(self.tokens)).unmatched_openings
        end = len(self.tokens)
        steps = [(token in BRACKETS) - (token in OPENING_OF) for token in self.tokens]
        for opening, closing in match_brackets(steps).pairs.items():
            if begun and opening < begun[-1] < closing:
                end = min(end, closing)
        return [end if position <= end else len(self.tokens) for position in range(len(self.tokens) + 1)]

    def choose(self, lattice: RepairLattice) -> list[Step]:
        """Edits of the best repair, in order of position."""
        for state in lattice.states():
            state.hypotheses = self.hypotheses(state)
        finals = [hypothesis for goal in lattice.goals for hypothesis in goal.hypotheses]
        _score, _context, link = max(finals, key=self.final_score)
        steps: list[Step] = []
        while link is not None:
            link, step = link
            steps.append(step)
        return steps[::-1]

    def final_score(self, hypothesis: tuple) -> float:
        score, context, _link = hypothesis
        return score + self.model.scores(context.place)[token_model.END]

    def hypotheses(self, state: State) -> list[tuple]:
        """The best hypotheses in *state*, one for each context."""
        if not state.arcs:
            return [(0.0, self.model.start, None)]
        best: dict[token_model.Context, tuple] = {}
        for source, operation, cls in state.arcs:
            for extended in self.extend(source, operation, cls):
                known = best.get(extended[1])
                if known is None or known[0] < extended[0]:
                    best[extended[1]] = extended
        if len(best) > BEAM:
            return nlargest(BEAM, best.values(), key=itemgetter(0))
        return list(best.values())

    def extend(self, source: State, operation: str, cls: str) -> list[tuple]:
        """Hypotheses of *source* after one arc of the lattice, for each spelling of what the arc writes."""
        position = source.position
        if operation is READ:
            return _written(source.hypotheses, self.tokens[position])
        if operation is DELETE:
            step = Step(DELETE, self.tokens[position], position)
            weight = self.deletion(position)
            return [(score + weight, context, (link, step)) for score, context, link in source.hypotheses]
        found: list[tuple] = []
        weight = self.weight(position, operation, cls)
        for token in self.spellings(position, operation, cls):
            step = Step(operation, token, position)
            written = _written(source.hypotheses, token)
            found += [(score + weight, context, (link, step)) for score, context, link in written]
        return found

    def deletion(self, position: int) -> float:
        token = self.tokens[position]
        before, after = self.tokens[max(0, position - 1) : position], self.tokens[position + 1 : position + 2]
        if token in before or token in after:
            return DOUBLED
        cls = CLASS_OF[token]
        if cls == "TEXT" or token.startswith("\\begin{"):
            return INVENTED + BEGUN
        if cls == UNKNOWN and position in self.misspelt:
            return INVENTED + VISIBLE * 3
        if cls == "LBRACE":
            return INVENTED + self._of_argument(position)
        return INVENTED + (VISIBLE if cls in _VISIBLE else 0.0)

    def _of_argument(self, position: int) -> float:
        """What the deletion of a brace costs besides, by the command in front of it."""
        command = CLASS_OF[self.tokens[position - 1]] if position else ""
        return (
            BEGUN
            if command in _WITH_WORDS or command.startswith("BEGIN_")
            else ARGUMENT
            if command in _WITH_ARGUMENT
            else 0.0
        )

    def weight(self, position: int, operation: str, cls: str) -> float:
        if operation is REPLACE and (position, cls) in self.replacements:
            return MISSPELT
        if cls == "DELIM" and self.after_fence(position):
            return DELIMITER
        if cls == "RIGHT" or cls.startswith("END_"):
            return LOST + EARLY * abs(self.latest[position] - position)
        if cls.startswith("BEGIN_"):
            return LOST + EARLY * self.off_first_cell(position, cls)
        if cls == "LBRACE" and position in self.beginnings_of_arguments:
            return LOST - ARGUMENT
        if cls == "RBRACE" and position in self.ends_of_scripts:
            return LOST - ARGUMENT
        if cls == "RBRACE" and self.is_misplaced(position):
            return LOST + MISPLACED
        return LOST if cls in OPENERS or cls in CLOSERS or cls == "OF" else FILLED

    @cached_property
    def beginnings_of_arguments(self) -> frozenset[int]:
        """Positions where an argument begins that lost its brace."""
        return beginnings_of_arguments(self.tokens)

    @cached_property
    def ends_of_scripts(self) -> frozenset[int]:
        """Positions where a script that is never closed ends, since a relation follows."""
        return ends_of_scripts(self.tokens)

    def off_first_cell(self, position: int, cls: str) -> int:
        r"""Tokens between *position* and where the environment may begin that lacks its ``\\begin``."""
        name = cls.removeprefix("BEGIN_")
        if name not in self.first_cells:
            self.first_cells[name] = first_cell(self.tokens, name)
        first = self.first_cells[name]
        return 0 if first is None else abs(first - position)

    def is_misplaced(self, position: int) -> bool:
        """Whether a group is hardly meant to end at *position*."""
        if not 0 < position < len(self.tokens):
            return False  # the rest may have been cut off
        before = self.tokens[position - 1]
        if position in self.within_words or before == "{" or CLASS_OF[before] == "ROWBREAK":
            return True
        if position > 1 and self.tokens[position - 2] == "{":
            return position > 2 and self.tokens[position - 3] in _WIDE
        return before in _OPERATORS or SPACING_CLASSES.get(before) in ("bin", "rel")

    @cached_property
    def misspelt(self) -> frozenset[int]:
        """Positions of tokens that are like a command."""
        return frozenset(position for position, _cls in self.replacements)

    @cached_property
    def within_words(self) -> frozenset[int]:
        """Positions between two letters or digits of the first word of an argument that is no formula."""
        found: list[int] = []
        for start, (command, brace) in enumerate(pairwise(self.tokens), start=2):
            if brace == "{" and CLASS_OF[command] in _WITH_COLUMNS:
                columns = list(takewhile(_is_column, self.tokens[start:]))
                if start + len(columns) == len(self.tokens):
                    found += range(start + 1, len(self.tokens))
            if brace == "{" and (CLASS_OF[command] in _WITH_WORDS or command in _OF_NAMES):
                word = list(takewhile(_is_letter_or_digit, self.tokens[start:]))
                if len(word) > 2 or command not in _UPRIGHT:  # \mathrm{d}x
                    found += range(start + 1, start + len(word))
        return frozenset(found)

    def spellings(self, position: int, operation: str, cls: str) -> tuple[str, ...]:
        """Tokens that an arc may write."""
        if operation is REPLACE and (position, cls) in self.replacements:
            return (self.replacements[position, cls],)
        if cls == "DELIM" and self.after_fence(position):
            return (self.delimiter(position),)
        return SPELLINGS[cls]

    def after_fence(self, position: int) -> bool:
        return position > 0 and self.tokens[position - 1] in ("\\left", "\\right")

    def delimiter(self, position: int) -> str:
        """What the fence command in front of *position* lacks."""
        fence = position - 1
        if self.tokens[fence] == "\\left":
            return self.opening_delimiter(position)
        return closing_delimiter(self.tokens, self.lefts.get(fence, fence), fence)

    @cached_property
    def lefts(self) -> dict[int, int]:
        return lefts(self.tokens)

    def opening_delimiter(self, position: int) -> str:
        r"""The delimiter that a ``\left`` in front of *position* lacks: that of its ``\right``, or an unseen one."""
        depth = 1
        for index in range(position, len(self.tokens) - 1):
            depth += (self.tokens[index] == "\\left") - (self.tokens[index] == "\\right")
            if not depth:
                opening = OPENING_OF.get(self.tokens[index + 1], NO_DELIMITER)
                return opening if CLASS_OF[opening] == "DELIM" else NO_DELIMITER
        return NO_DELIMITER

    def spell(self, operation: str, cls: str, position: int) -> Step:
        """An edit of a class as an edit of tokens, without a choice."""
        if operation is DELETE:
            return Step(DELETE, self.tokens[position], position)
        return Step(operation, self.spellings(position, operation, cls)[0], position)


def _is_column(token: str) -> bool:
    return CLASS_OF[token] in ("COLUMN", "BAR")


def _is_letter_or_digit(token: str) -> bool:
    return len(token) == 1 and token.isalnum()


def _written(hypotheses: Sequence[tuple], token: str) -> list[tuple]:
    """*hypotheses* after one more token of the output."""
    found = []
    for score, context, link in hypotheses:
        gain, after = context[token]
        found.append((score + gain, after, link))
    return found
