"""Settings from text and TOML values, converted and checked by pydantic against a field's declared type."""

from __future__ import annotations

import types
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Len

from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LONGEST = 60
"""Characters of a refused value that a message shows."""

MOST = 100
"""Most values of a setting that takes any number of them."""

LONGEST_TEXT = 4096
"""Most characters of a setting that is text: as many as a path may have."""

_NO_VALUE = ("none", "off", "false", "")
_BOUNDS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "finite_number": "a finite number",
}
"""Requirements in words, by pydantic's types of errors."""
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text of one line"}


def convert(name: str, value: object, hint: Any) -> Any:
    """`value` as the type `hint`, whose `Annotated` ranges are checked too.

    Text is read as ``--set`` writes it: ``0.7,1.4`` for a tuple, on or off for a switch, none for no value. Raises
    `UsageError`, in one line with the value and what was expected.
    """
    from pydantic import ValidationError

    try:
        return _adapter(hint).validate_python(value)
    except ValidationError as error:
        refused = [(one["type"], one.get("ctx", {})) for one in error.errors(include_url=False)]
    except OverflowError:
        refused = []
    bounds = [_BOUNDS[kind].format(**limits) for kind, limits in refused if kind in _BOUNDS]
    raise UsageError(f"{name}={_shown(value)}: expected {bounds[0] if bounds else _kind(hint)}")


def _kind(hint: Any) -> str:
    """The type `hint` in words, without its range."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kind(inner[0])
    if origin in (Union, types.UnionType):
        kinds = [_kind(kind) for kind in inner if kind is not type(None)]
        return " or ".join([*kinds, *["none"] * (type(None) in inner)])
    if origin is tuple:
        count = f"at most {MOST} " if inner[1:] == (Ellipsis,) else f"{len(inner)} "
        return f"{count}values with commas, each {_kind(inner[0])}"
    if origin is Literal:
        return ", ".join(map(str, inner))
    return _KINDS.get(hint, str(hint))


def _shown(value: object) -> str:
    """A refused value on one line; long ones are cut, and nested ones are only named."""
    if isinstance(value, Mapping):
        return "{...}"
    if isinstance(value, (list, tuple)):
        text = ",".join("[...]" if isinstance(one, (list, tuple)) else _shown(one) for one in value)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int) and abs(value) > 10**LONGEST:
        text = f"{float(value):.0e}" if value.bit_length() < 1000 else "a huge number"
    else:
        text = one_line(str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def one_line(text: str) -> str:
    """Text on one line, with escapes for what cannot be printed or is half of a surrogate pair."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in " ".join(text.split()))


def _adapter(hint: Any) -> TypeAdapter[Any]:
    try:
        return _cached_adapter(hint)
    except TypeError:  # a plugin's metadata that cannot be hashed
        return _cached_adapter.__wrapped__(hint)


@lru_cache(maxsize=256)
def _cached_adapter(hint: Hashable) -> TypeAdapter[Any]:
    # Importing pydantic takes tens of milliseconds, which commands without settings should not spend.
    from pydantic import TypeAdapter

    return TypeAdapter(_lenient(hint))


def _lenient(hint: Any) -> Any:
    """`hint` with validators that read text as ``--set`` writes it, and that refuse what is not a finite number."""
    from pydantic import AllowInfNan, BeforeValidator

    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(_lenient(inner[0]), *inner[1:])
    if origin in (Union, types.UnionType):
        kinds = tuple(_lenient(kind) for kind in inner)
        return _annotated(Union[kinds], BeforeValidator(_none)) if type(None) in inner else Union[kinds]  # noqa: UP007
    if origin is tuple:
        kinds = tuple(kind if kind is Ellipsis else _lenient(kind) for kind in inner)
        most = [Len(0, MOST)] if Ellipsis in kinds else []
        return _annotated(types.GenericAlias(tuple, kinds), *most, BeforeValidator(_parts))
    if hint is int:
        return _annotated(int, BeforeValidator(_whole))
    if hint is str:
        return _annotated(str, BeforeValidator(_line))
    if hint is float:
        return _annotated(float, BeforeValidator(_number), AllowInfNan(False))
    return hint


def _annotated(kind: Any, *metadata: object) -> Any:
    return Annotated.__class_getitem__((kind, *metadata))  # type: ignore[attr-defined]  # built at run time


def _none(value: object) -> object:
    return None if value is False or (isinstance(value, str) and value.lower() in _NO_VALUE) else value


def _parts(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("true and false are not numbers")
    return value


def _line(value: object) -> object:
    if isinstance(value, str) and (len(value) > LONGEST_TEXT or not value.isprintable()):
        raise ValueError("not one line of text")
    return value


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return _number(value)
    try:
        return int(value)
    except ValueError:
        return float(value)  # 1e2
