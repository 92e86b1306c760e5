"""Reader of DVI files: every glyph and rule of a page with its position.

Formats: D. E. Knuth, *DVItype* (1995), "Device-independent file format", and *TFtoPL*, "Font metric data".
"""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FIX_WORD = 1 << 20
MOVES = (("z", 166), ("y", 161), ("down", 157), ("x", 152), ("w", 147), ("right", 143))
"""First command of each family of moves, the last first."""


@dataclass(slots=True)
class _Position:
    """The registers of the DVI page builder, in DVI units (here scaled points)."""

    h: int = 0
    v: int = 0
    w: int = 0
    x: int = 0
    y: int = 0
    z: int = 0


def dvi_pages(path: Path) -> dict[int, str]:
    """Description of each page by its ``\\count0``: one line per mark, sorted by position, in scaled points.

    Equal descriptions mean equal glyphs of equal fonts, equal rules and equal colours at equal positions.
    """
    return _Reader(path.read_bytes()).pages()


class _Reader:
    """One pass over the commands of a DVI file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.fonts: dict[int, tuple[str, int]] = {}
        self.font = 0
        self.at = _Position()
        self.stack: list[_Position] = []
        self.marks: list[tuple] = []
        self.colour = ""

    def pages(self) -> dict[int, str]:
        found: dict[int, str] = {}
        number = 0
        while self.place < len(self.data):
            code = self.number(1, signed=False)
            if code == 139:  # beginning of page
                number = self.number(4)
                self.place += 40
                self.at, self.stack, self.marks, self.colour = _Position(), [], [], ""
            elif code == 140:  # end of page
                found[number] = "\n".join(" ".join(map(str, mark)) for mark in sorted(self.marks))
            elif code == 248:  # postamble: nothing is drawn after it
                break
            else:
                self.command(code)
        return found

    def number(self, size: int, signed: bool = True) -> int:
        raw = self.data[self.place : self.place + size]
        self.place += size
        return int.from_bytes(raw, "big", signed=signed)

    def command(self, code: int) -> None:
        if code <= 137:
            self.mark(code)
        elif code in (141, 142):
            self.at = self.push() if code == 141 else self.stack.pop()
        elif 143 <= code <= 170:
            self.move(code)
        elif 171 <= code <= 238:
            self.font = code - 171 if code <= 234 else self.number(code - 234, signed=False)
        elif 239 <= code <= 242:
            self.special(self.text(self.number(code - 238, signed=False)))
        elif 243 <= code <= 246:
            self.define_font(self.number(code - 242, signed=False))
        elif code == 247:  # preamble
            self.place += 13
            self.text(self.number(1, signed=False))
        elif code != 138:
            raise ValueError(f"DVI command {code} at byte {self.place - 1}")

    def push(self) -> _Position:
        self.stack.append(self.at)
        now = self.at
        return _Position(now.h, now.v, now.w, now.x, now.y, now.z)

    def mark(self, code: int) -> None:
        """Draw a character or a rule; those that are set, not only put, also move to the right."""
        if code in (132, 137):
            self.rule(moves=code == 132)
        elif code < 128:
            self.glyph(code, moves=True)
        elif code < 132:
            self.glyph(self.number(code - 127, signed=False), moves=True)
        else:
            self.glyph(self.number(code - 132, signed=False), moves=False)

    def rule(self, moves: bool) -> None:
        height, width = self.number(4), self.number(4)
        if height > 0 and width > 0:
            self.marks.append((self.at.h, self.at.v, "rule", width, height, self.colour))
        self.at.h += width if moves else 0

    def glyph(self, character: int, moves: bool) -> None:
        name, scale = self.fonts[self.font]
        self.marks.append((self.at.h, self.at.v, name, scale, character, self.colour))
        self.at.h += _widths(name)[character] * scale // FIX_WORD if moves else 0

    def move(self, code: int) -> None:
        """right, w, x (horizontal) and down, y, z (vertical), each with or without a new amount."""
        at = self.at
        register, first = next((register, first) for register, first in MOVES if code >= first)
        plain = register in ("right", "down")
        size = code - first + (1 if plain else 0)
        amount = self.number(size) if size else getattr(at, register)
        if not plain:
            setattr(at, register, amount)
        if register in ("right", "w", "x"):
            at.h += amount
        else:
            at.v += amount

    def text(self, size: int) -> str:
        raw = self.data[self.place : self.place + size]
        self.place += size
        return raw.decode("latin-1")

    def special(self, text: str) -> None:
        """Keep track of colours, which are pushed and popped as specials; notes to the printer draw nothing."""
        if text.startswith("color push"):
            self.colour += "/" + text.removeprefix("color push").strip()
        elif text.startswith("color pop"):
            self.colour = self.colour.rpartition("/")[0]
        elif not text.startswith(("header=", "papersize=")):
            self.marks.append((self.at.h, self.at.v, "special", 0, 0, text))

    def define_font(self, index: int) -> None:
        _, scale, _, area, length = struct.unpack(">IIIBB", self.data[self.place : self.place + 14])
        self.place += 14
        self.fonts[index] = (self.text(area + length), scale)


@lru_cache
def _widths(font: str) -> dict[int, int]:
    """Character widths of a font as fix_words, from its TFM file."""
    found = subprocess.run(["kpsewhich", f"{font}.tfm"], capture_output=True, encoding="utf-8", check=True)
    data = Path(found.stdout.strip()).read_bytes()
    _, header, first, last, n_widths = struct.unpack(">5H", data[:10])
    characters = 24 + 4 * header
    widths = characters + 4 * (last - first + 1)
    table = struct.unpack(f">{n_widths}i", data[widths : widths + 4 * n_widths])
    return {code: table[data[characters + 4 * (code - first)]] for code in range(first, last + 1)}
