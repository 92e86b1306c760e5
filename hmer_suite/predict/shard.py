"""Shards: the parts of a job that several machines do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.errors import UsageError


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number`, from 1, of `count` parts of a job."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard in ``I/N``; `UsageError` if it is none."""
        number, _, count = text.partition("/")
        if not (_is_number(number) and _is_number(count) and 1 <= int(number) <= int(count)):
            raise UsageError(f"--shard {text}: expected I/N with I from 1 to N, as in 1/4")
        return cls(int(number), int(count))

    def places(self, ids: Sequence[str]) -> list[int]:
        """Places of the samples of this part, in their order.

        The ids in alphabetical order are divided into `count` ranges of equal length, so that the parts do not depend
        on the order of the inputs.
        """
        order = sorted(range(len(ids)), key=ids.__getitem__)
        start, stop = (len(ids) * number // self.count for number in (self.number - 1, self.number))
        return sorted(order[start:stop])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
