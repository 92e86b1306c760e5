"""Sequences whose items are computed on access."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class LazySequence(Sequence[T_co]):
    """A sequence of which a subclass defines the length and, by `item`, the item at each index."""

    @abstractmethod
    def item(self, index: int) -> T_co:
        """The item at `index`, from 0 up to the length."""

    @overload
    def __getitem__(self, index: int) -> T_co: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...

    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        places = range(len(self))
        if isinstance(index, slice):
            return [self.item(place) for place in places[index]]
        return self.item(places[index])


class ChainedSequence(LazySequence[T_co]):
    """Several sequences, one after the other."""

    def __init__(self, parts: Sequence[Sequence[T_co]]):
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def item(self, index: int) -> T_co:
        for part in self._parts:
            if index < len(part):
                return part[index]
            index -= len(part)
        raise IndexError(index)


class PickedSequence(LazySequence[T_co]):
    """The items of a sequence at given places."""

    def __init__(self, items: Sequence[T_co], places: Sequence[int]):
        self._items, self._places = items, places

    def __len__(self) -> int:
        return len(self._places)

    def item(self, index: int) -> T_co:
        return self._items[self._places[index]]
