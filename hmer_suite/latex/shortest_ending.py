r"""The exact number of tokens that a prefix still needs before the formula may end.

A decoder that must end in time asks this of every continuation. The automaton has infinitely many
configurations, so the answer is no table; it is computed on demand and kept, in two layers:

1. `CostToEnd`, a lower bound that adds up over the parser's stack. It reads the LALR table as the finite graph that
   it is and lets any token follow a finished rule, whatever the table's lookaheads say, and any number of groups
   be open: that can only make ways shorter. The bound is exact wherever lookaheads forbid no shortest way.
2. `ShortestEnding` walks the real automaton down that bound, one class at a time, until the formula may end. Where no
   class leads down, the bound of that configuration was too low; it is raised to what its best continuation
   needs, and the walk goes on from the step before (learning depth-first search: Bonet and Geffner 2006, "Learning
   Depth-First Search"; on a graph with unit costs the A* of Hart, Nilsson and Raphael with a memory). A walk that
   arrives has as many steps as the bound says, so it is a shortest one; everything on it is solved for good.

So a number below `NEVER` is always backed by a way to the end that was really walked, through configurations
whose own numbers are as exact: a decoder that only takes steps with enough tokens left can never be cornered.
"""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.latex.automaton import Configuration, DeadEnd, Grammar
from hmer_suite.latex.table import END, Table

NEVER = 1 << 20
"""More tokens than any formula has: there is no way to the end, or none within the limit."""

MAX_STEPS = 20_000
"""Steps after which a walk is given up and its goal taken as unreachable. For safety alone: a
walk in our own grammar takes some ten."""

Item = tuple[str, int]
"""A rule under way: what it will become, and how many states below the top one it will pop."""

_DONE: Item = (END, 0)


class CostToEnd:
    """A lower bound on the tokens that a configuration needs, with tokens of *classes* only.

    For each state, `rest[state]` says at what cost each rule that the state is part of may be completed, and
    `begin[state][rule]` what it costs to write a whole *rule* there. Both are least fixed points over the table.
    """

    def __init__(self, table: Table, classes: Iterable[str]):
        self.table = table
        self.classes = frozenset(classes)
        self.rest: list[dict[Item, int]] = [{} for _ in table.actions]
        self.begin: list[dict[str, int]] = [{} for _ in table.actions]
        self._landings: dict[tuple[int, str], dict[Item, int]] = {}
        self._below: dict[Configuration, dict[Item, int]] = {}
        self._solve()

    def __call__(self, configuration: Configuration) -> int:
        """Least number of tokens needed; `NEVER` if certainly nothing leads to the end."""
        rest = self.rest[configuration.state]
        if configuration.parent is None:
            return rest.get(_DONE, NEVER)
        below = self.below(configuration)
        return min((cost + below[item] for item, cost in rest.items()), default=NEVER)

    def below(self, configuration: Configuration) -> dict[Item, int]:
        """For each rule that the top state is part of: tokens needed once that rule has popped the state."""
        unknown: list[Configuration] = []
        while configuration.parent is not None and configuration not in self._below:
            unknown.append(configuration)
            configuration = configuration.parent
        found = self._below.get(configuration, {_DONE: 0})
        for above in reversed(unknown):  # from the bottom up: stacks may be deeper than Python recurses
            state = configuration.state
            found = {item: self._after(item, state, found) for item in self.rest[above.state]}
            self._below[above] = found
            configuration = above
        return found

    def forget(self) -> None:
        """Discard what is known of single configurations."""
        self._below.clear()

    def _after(self, item: Item, state: int, below: dict[Item, int]) -> int:
        """Tokens needed from *state* on, once *item* has popped the state above it."""
        origin, more = item
        if item == _DONE:
            return 0
        if more:
            return below.get((origin, more - 1), NEVER)
        ways = self._landing(state, origin).items()
        return min((cost + below.get(after, NEVER) for after, cost in ways), default=NEVER)

    def _landing(self, state: int, origin: str) -> dict[Item, int]:
        """A whole *origin* on top of *state*: the rules that may then pop *state*, and their costs."""
        known = self._landings.get((state, origin))
        if known is not None:
            return known
        found: dict[Item, int] = {}
        costs = {origin: 0}
        pending = [origin]
        for origin_here in pending:  # grows while it is read
            for (origin_next, more), cost in self.rest[self.table.gotos[state][origin_here]].items():
                cost += costs[origin_here]
                if more or origin_next == END:
                    item = (origin_next, more - 1) if more else _DONE
                    found[item] = min(cost, found.get(item, NEVER))
                elif cost < costs.get(origin_next, NEVER):
                    costs[origin_next] = cost
                    pending.append(origin_next)
        self._landings[state, origin] = found
        return found

    def _solve(self) -> None:
        """Sweep over the table until nothing gets cheaper."""
        table = self.table
        edges: list[list[tuple[str, int, bool]]] = []
        for state, actions in enumerate(table.actions):
            shifts = [(cls, to, True) for cls, to in actions.items() if to >= 0 and cls in self.classes]
            edges.append(shifts + [(origin, to, False) for origin, to in table.gotos[state].items()])
            for cls, action in actions.items():
                if action < 0 and (cls in self.classes or cls == END):
                    self._complete(state, ~action)
        self.rest[table.accept][_DONE] = 0
        while any([self._relax(state, edges[state]) for state in reversed(range(len(edges)))]):
            pass

    def _complete(self, state: int, number: int) -> None:
        rule = self.table.rules[number]
        if rule.size:
            self.rest[state][rule.origin, rule.size - 1] = 0
        else:
            self.begin[state][rule.origin] = 0

    def _relax(self, state: int, edges: list[tuple[str, int, bool]]) -> bool:
        """Look one symbol ahead from *state*; returns whether that made anything cheaper."""
        rest, begin = self.rest[state], self.begin[state]
        changed = False
        for symbol, target, is_token in edges:
            cost = 1 if is_token else begin.get(symbol, NEVER)
            if cost >= NEVER:
                continue
            for (origin, more), further in self.rest[target].items():
                total = cost + further
                if more or origin == END:
                    item = (origin, more - 1) if more else _DONE
                    if total < rest.get(item, NEVER):
                        rest[item] = total
                        changed = True
                elif total < begin.get(origin, NEVER):
                    begin[origin] = total
                    changed = True
        return changed


class ShortestEnding:
    """Fewest tokens, of *classes* only, after which a formula may end.

    Ways longer than *limit* count as `NEVER`. Answers are kept for each configuration until `forget`.
    """

    def __init__(self, grammar: Grammar, classes: Iterable[str], limit: int):
        self.classes = tuple(sorted(classes))
        self.limit = limit
        self._lower_bound = CostToEnd(grammar.table, self.classes)
        self._bounds: dict[Configuration, int] = {}
        self._solved: set[Configuration] = set()
        self._hints: dict[int, list[str]] = {}

    def __call__(self, configuration: Configuration | DeadEnd) -> int:
        """Tokens that must still follow; 0 where the formula may end, `NEVER` where it cannot in time."""
        if isinstance(configuration, DeadEnd):
            return NEVER
        if configuration not in self._solved:
            self._walk(configuration)
        return self._bounds[configuration]

    def forget(self) -> None:
        """Discard what is known of single configurations."""
        self._bounds.clear()
        self._solved.clear()
        self._lower_bound.forget()

    def _bound(self, configuration: Configuration | DeadEnd) -> int:
        if isinstance(configuration, DeadEnd):
            return NEVER
        known = self._bounds.get(configuration)
        if known is None:
            known = self._bounds[configuration] = self._limited(self._lower_bound(configuration))
        return known

    def _limited(self, tokens: int) -> int:
        return tokens if tokens <= self.limit else NEVER

    def _walk(self, start: Configuration) -> None:
        """Solve *start* and whatever lies on its shortest way to the end."""
        way = [start]
        for _ in range(MAX_STEPS):
            here = way[-1]
            bound = self._bound(here)
            if bound == NEVER:
                way.pop()
                if not way:
                    self._solved.add(start)
                    return
            elif (bound == 0 and here.accepts) or here in self._solved:
                self._solved.update(way)
                return
            else:
                following = self._downwards(here, bound - 1)
                if following is not None:
                    way.append(following)
                    continue
                nearest = min((self._bound(here[cls]) for cls in self.classes), default=NEVER)
                self._bounds[here] = self._limited(nearest + 1)
                if len(way) > 1:
                    way.pop()
        self._bounds[start] = NEVER
        self._solved.add(start)

    def _downwards(self, configuration: Configuration, bound: int) -> Configuration | None:
        """A configuration one token on that may need no more than *bound*; classes that led on before go first."""
        proven = self._hints.setdefault(configuration.state, [])
        for cls in (*proven, *self.classes):
            if self._bound(configuration[cls]) <= bound:
                if cls not in proven:
                    proven.append(cls)
                return configuration[cls]
        return None
