"""The text inside what interfaces to language models answer.

Read are chat completions and responses of OpenAI's interface (also in its batches) and of those that copy it,
Anthropic's messages, Gemini's candidates, lists of messages, and lists of one text, as lm-evaluation-harness writes it.
"""

from __future__ import annotations

from dataclasses import dataclass

_STEPS = ("body", "response", "message", "messages", "choices", "output", "candidates", "content", "parts")
"""Keys that lead to the text, outer ones first."""

_TEXTS = ("text", "content", "value", "generated_text", "output_text")


_ASKING, _ANSWERING = ("user", "human", "system"), ("assistant", "gpt", "model")
"""Speakers of a conversation."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a text in a JSON document: the object or list that holds it, and its key or index."""

    holder: dict[str, object] | list[object]
    key: str | int

    @property
    def value(self) -> object:
        """What is there."""
        if isinstance(self.holder, dict):
            return self.holder[str(self.key)]
        return self.holder[int(self.key)]

    def put(self, text: str) -> None:
        """Put *text* there."""
        if isinstance(self.holder, dict):
            self.holder[str(self.key)] = text
        else:
            self.holder[int(self.key)] = text


def text_in(place: Place) -> Place | None:
    """The place of the text in what is at *place*: there itself, or inside a response; None if there is none."""
    value = place.value
    if isinstance(value, str):
        return place
    if isinstance(value, dict):
        return _text_in_object(value)
    if isinstance(value, list):
        return _text_in_list(value)
    return None


def _text_in_object(value: dict[str, object]) -> Place | None:
    for key in _TEXTS:
        if isinstance(value.get(key), str):
            return Place(value, key)
    found = (text_in(Place(value, key)) for key in _STEPS if key in value)
    return next((place for place in found if place is not None), None)


def _text_in_list(values: list[object]) -> Place | None:
    speakers = [value.get("role", value.get("from")) if isinstance(value, dict) else None for value in values]
    if any(speaker in (*_ASKING, *_ANSWERING) for speaker in speakers):
        # A conversation: its last answer.
        answers = [index for index, speaker in enumerate(speakers) if speaker in _ANSWERING]
        return text_in(Place(values, answers[-1])) if answers else None
    if not all(isinstance(value, dict) for value in values):
        return text_in(Place(values, 0)) if len(values) == 1 else None
    # Parts, of which the first with a text counts: a response may begin with its reasoning.
    found = (
        text_in(Place(values, index)) for index in range(len(values)) if not _is_reasoning(values[index])
    )
    return next((place for place in found if place is not None), None)


def _is_reasoning(value: object) -> bool:
    return isinstance(value, dict) and (
        value.get("type") in ("reasoning", "thinking") or value.get("thought") is True
    )


def has_failed(value: object) -> bool:
    """Whether a record or response says that its request failed."""
    if not isinstance(value, dict):
        return False
    return (
        bool(value.get("error"))
        or value.get("type") in ("errored", "expired", "canceled")
        or has_failed(value.get("body"))
    )
