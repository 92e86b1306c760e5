"""Pickles of NumPy arrays, as WAP, CAN, ABM and TAMER publish their pictures, read without running anything of them.

`read_pickle` interprets the opcodes that such a file consists of. The seven names of `ALLOWED` stand for two objects of
this module, an array and its type, whose content is checked; any other name, and any other opcode, is refused. No
object of the pickle is ever called, imported or given attributes.
"""

from __future__ import annotations

import codecs
import math
import mmap
import pickletools
from collections.abc import Callable, Mapping
from typing import BinaryIO, Literal, NoReturn

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import show

ALLOWED = {
    "numpy.core.multiarray._reconstruct": "array",
    "numpy._core.multiarray._reconstruct": "array",
    "numpy.core.numeric._frombuffer": "buffer",
    "numpy._core.numeric._frombuffer": "buffer",
    "numpy.ndarray": "class",
    "numpy.dtype": "dtype",
    "_codecs.encode": "bytes",
}
"""The names that a pickle may use, and what each stands for."""

MAX_ARRAYS = 2_000_000
"""Most objects of a pickle that are arrays or types of arrays."""

_KINDS = "biuf"
"""Kinds of elements that pictures have: truth values, integers, floats."""


class _Name:
    """One of the allowed names; it can only be recognised."""

    __slots__ = ("role",)

    def __init__(self, role: str):
        self.role = role


class _Type:
    """The type of the elements of an array."""

    __slots__ = ("code", "order")

    def __init__(self, code: str, order: str = ""):
        self.code, self.order = code, order

    @property
    def dtype(self) -> np.dtype:
        """NumPy's own, `ValueError` for one that pictures do not have."""
        if len(self.code) > 3 or self.code[:1] not in _KINDS or not self.code[1:].isdecimal():
            raise ValueError(f"elements of type {show(self.code)}")
        return np.dtype((self.order if self.order in ("<", ">", "|", "=") else "") + self.code)


class PickledArray:
    """An array that is still to be filled, or has its `content`."""

    __slots__ = ("content",)

    def __init__(self, content: np.ndarray | None = None):
        self.content = content


class _Mark:
    """The place on the stack where the items of a container begin."""


def kind_of(value: object) -> str:
    """The kind of an object of a pickle, for messages."""
    return "an array" if isinstance(value, PickledArray) else f"type {type(value).__name__}"


def read_pickle(file: BinaryIO | mmap.mmap, name: str) -> object:
    """The object of a pickle: containers, numbers, texts, bytes, and `PickledArray` for arrays.

    Raises:
        InputError: it is damaged, or uses what is not allowed.
    """
    machine = _Machine()
    try:
        while not machine.stopped:
            machine.step(*_next_operation(file))
        return machine.result
    except _Refused as error:
        raise InputError(f"{name}: refused: {error}; only pickled arrays of NumPy are read") from None
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError) as error:
        reason = str(error).split("\n")[0][:100] or type(error).__name__
        file.seek(0)
        if file.read(3).startswith(_PACKED):
            reason = "it is packed; unpack it first (gunzip, bunzip2, unxz, or joblib.load and pickle.dump)"
        raise InputError(f"{name}: not a sound pickle of arrays: {reason}") from None


_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7z", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""First bytes of gzip, bzip2, xz and zlib."""


_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}


def _next_operation(file: BinaryIO | mmap.mmap) -> tuple[str, object]:
    """Name and argument of the next opcode."""
    code = file.read(1)
    if code not in _OPCODES:
        raise ValueError(f"no opcode {code!r}" if code else "it breaks off")
    opcode = _OPCODES[code]
    if opcode.name == "STRING":
        # Python 2 wrote bytes so, which pickletools takes for ASCII.
        line = file.readline().strip()
        if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
            raise ValueError("a text without quotes")
        return opcode.name, codecs.escape_decode(line[1:-1])[0].decode("latin-1")
    # Readers of arguments call `read` and `readline` alone, which a memory map has too.
    return opcode.name, None if opcode.arg is None else opcode.arg.reader(file)  # type: ignore[arg-type]


class _Refused(Exception):
    """A pickle that uses what is not allowed."""


class _Machine:
    """The stack and memo of an unpickler."""

    def __init__(self) -> None:
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}
        self.result: object = None
        self.made = 0
        self.stopped = False

    def step(self, name: str, argument: object) -> None:
        """Do one opcode."""
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _LITERALS:
            self.stack.append(_literal(name, argument))
        elif name in _OPERATIONS:
            _OPERATIONS[name](self, argument)
        elif name not in _IGNORED:
            raise _Refused(f"opcode {name}")

    def pop(self, *kinds: type) -> object:
        """The last object, which must be of one of these types."""
        found = self.stack.pop()
        if kinds and not isinstance(found, kinds):
            raise ValueError(f"{kind_of(found)} where {kinds[0].__name__} was expected")
        return found

    def since_mark(self) -> list[object]:
        """The objects after the last mark, which are taken off with it."""
        place = len(self.stack) - 1
        while not isinstance(self.stack[place], _Mark):
            place -= 1
            if place < 0:
                raise ValueError("no mark")
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items


_CONSTANTS: Mapping[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_LITERALS = frozenset(
    """INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING BINBYTES
    SHORT_BINBYTES BINBYTES8 BYTEARRAY8 UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8""".split()
)
_IGNORED = frozenset(("PROTO", "FRAME"))


def _literal(name: str, argument: object) -> object:
    if name == "BYTEARRAY8" and isinstance(argument, bytearray):
        return bytes(argument)
    return argument


def _put(machine: _Machine, argument: object) -> None:
    key = len(machine.memo) if argument is None else argument
    if not isinstance(key, int):
        raise ValueError("a memo without a number")
    machine.memo[key] = machine.stack[-1]


def _get(machine: _Machine, argument: object) -> None:
    if not isinstance(argument, int):
        raise ValueError("a memo without a number")
    machine.stack.append(machine.memo[argument])


def _global(machine: _Machine, argument: object) -> None:
    machine.stack.append(_named(str(argument).replace(" ", ".", 1)))


def _stack_global(machine: _Machine, argument: object) -> None:
    attribute, module = machine.pop(str), machine.pop(str)
    machine.stack.append(_named(f"{module}.{attribute}"))


def _named(name: str) -> _Name:
    if name not in ALLOWED:
        raise _Refused(f"it names {show(name)}")
    return _Name(ALLOWED[name])


def _tuple(count: int | None) -> Callable[[_Machine, object], None]:
    def operation(machine: _Machine, argument: object) -> None:
        items = machine.since_mark() if count is None else [machine.pop() for _ in range(count)][::-1]
        machine.stack.append(tuple(items))

    return operation


def _set_items(machine: _Machine, argument: object, items: list[object] | None = None) -> None:
    items = machine.since_mark() if items is None else items
    _fill(machine.stack[-1], items)


def _fill(target: object, items: list[object]) -> None:
    if not isinstance(target, dict) or len(items) % 2:
        raise ValueError("items of no dictionary")
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, (str, bytes, int)):
            raise _Refused(f"a key of {kind_of(key)}")
        target[key] = value


def _set_item(machine: _Machine, argument: object) -> None:
    value, key = machine.pop(), machine.pop()
    _set_items(machine, argument, [key, value])


def _dict(machine: _Machine, argument: object) -> None:
    items = machine.since_mark()
    found: dict[object, object] = {}
    _fill(found, items)
    machine.stack.append(found)


def _append(machine: _Machine, argument: object) -> None:
    value = machine.pop()
    _list_on_top(machine).append(value)


def _appends(machine: _Machine, argument: object) -> None:
    items = machine.since_mark()
    _list_on_top(machine).extend(items)


def _list_on_top(machine: _Machine) -> list[object]:
    target = machine.stack[-1]
    if not isinstance(target, list):
        raise ValueError("items of no list")
    return target


def _reduce(machine: _Machine, argument: object) -> None:
    arguments, function = machine.pop(tuple), machine.pop()
    if not isinstance(function, _Name) or not isinstance(arguments, tuple):
        raise _Refused(f"a call of {kind_of(function)}")
    machine.made += 1
    if machine.made > MAX_ARRAYS:
        raise _Refused(f"more than {MAX_ARRAYS:,} arrays")
    machine.stack.append(_CALLS[function.role](arguments))


def _build(machine: _Machine, argument: object) -> None:
    """Give an array or a type its state, as pickles of NumPy do: (version, shape, type, order, bytes)."""
    state = machine.pop(tuple)
    target = machine.stack[-1]
    if not isinstance(state, tuple):
        raise ValueError("a state that is no tuple")
    if isinstance(target, _Type):
        target.order = state[1] if isinstance(state[1], str) else ""
    elif isinstance(target, PickledArray) and target.content is None and len(state) == 5:
        _, shape, kind, fortran, data = state
        target.content = _content(shape, kind, "F" if fortran else "C", data)
    else:
        raise _Refused(f"a state of {kind_of(target)}")


def _content(shape: object, kind: object, order: Literal["C", "F"], data: object) -> np.ndarray:
    """The array (read only) of this shape over the bytes."""
    if isinstance(data, str):
        data = data.encode("latin-1")  # written by Python 2
    if not isinstance(data, bytes) or not isinstance(kind, _Type) or not isinstance(shape, tuple):
        raise ValueError("an array without shape, type or bytes")
    sizes = [size for size in shape if isinstance(size, int) and not isinstance(size, bool) and size > 0]
    if len(sizes) != len(shape) or len(sizes) > 4:
        raise ValueError("an array of a shape that pictures do not have")
    if math.prod(sizes) * kind.dtype.itemsize != len(data):
        raise ValueError(f"{len(data)} bytes for an array of shape {sizes}")
    return np.frombuffer(data, kind.dtype).reshape(sizes, order=order)


def _make_dtype(arguments: tuple[object, ...]) -> _Type:
    code = arguments[0]
    if isinstance(code, bytes):
        code = code.decode("latin-1")
    if not isinstance(code, str):
        raise ValueError("a type without a name")
    return _Type(code.lstrip("<>|="), code[: len(code) - len(code.lstrip("<>|="))])


def _make_bytes(arguments: tuple[object, ...]) -> bytes:
    text = arguments[0]
    if not isinstance(text, str) or arguments[1:] not in (("latin1",), ("latin-1",)):
        raise _Refused("an encoding other than latin1")
    return text.encode("latin-1")


def _make_from_buffer(arguments: tuple[object, ...]) -> PickledArray:
    data, kind, shape, order, *_ = arguments
    return PickledArray(_content(shape, kind, "F" if order == "F" else "C", data))


def _not_callable(arguments: tuple[object, ...]) -> NoReturn:
    raise _Refused("a call of numpy.ndarray")


_CALLS: Mapping[str, Callable[[tuple[object, ...]], object]] = {
    "array": lambda arguments: PickledArray(),
    "buffer": _make_from_buffer,
    "dtype": _make_dtype,
    "bytes": _make_bytes,
    "class": _not_callable,
}


def _pop(machine: _Machine, argument: object) -> None:
    machine.stack.pop()


def _stop(machine: _Machine, argument: object) -> None:
    machine.result = machine.pop()
    machine.stopped = True


_OPERATIONS: Mapping[str, Callable[[_Machine, object], None]] = {
    "MARK": lambda machine, argument: machine.stack.append(_Mark()),
    "POP": _pop,
    "EMPTY_DICT": lambda machine, argument: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, argument: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, argument: machine.stack.append(()),
    "LIST": lambda machine, argument: machine.stack.append(machine.since_mark()),
    "DICT": _dict,
    "TUPLE": _tuple(None),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "APPEND": _append,
    "APPENDS": _appends,
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "MEMOIZE": _put,
    "PUT": _put,
    "BINPUT": _put,
    "LONG_BINPUT": _put,
    "GET": _get,
    "BINGET": _get,
    "LONG_BINGET": _get,
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "BUILD": _build,
    "STOP": _stop,
}
