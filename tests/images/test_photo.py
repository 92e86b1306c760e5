"""Photos to images: the ink of a made-up formula is found again after everything that happens to photos."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hmer_suite.errors import InputError
from hmer_suite.images.photo import _scaled, normalise
from hmer_suite.ink.raster import draw
from hmer_suite.specs.recogniser import Preprocessing
from tests.images.degrade import (
    jpeg,
    large,
    on_page,
    overlap,
    photographed,
    rotated,
    ruled,
    traces,
)

NUMBERS = range(6)


def paper(ink: np.ndarray) -> np.ndarray:
    """Ink of 0 to 1 as a file has it: dark on light, uint8."""
    return np.round(255 * (1 - ink)).astype(np.uint8)


DEGRADED = {
    # name: (what happens to the ink, mean overlap with the clean drawing at least)
    "drawn": (lambda ink, n: 255 - draw(ink), 0.92),
    "inverted": (lambda ink, n: draw(ink), 0.92),
    "half": (lambda ink, n: paper(large(ink, 16, padding=4)), 0.82),
    "twice": (lambda ink, n: paper(large(ink, 64)), 0.88),
    "four times": (lambda ink, n: paper(large(ink, 128)), 0.88),
    "without margin": (lambda ink, n: paper(large(ink, 50, padding=0)), 0.88),
    "thin pen": (lambda ink, n: paper(large(ink, 64, stroke=0.03)), 0.88),
    "thick pen": (lambda ink, n: paper(large(ink, 64, stroke=0.16)), 0.74),
    "faint": (lambda ink, n: paper(0.3 * large(ink, 64)), 0.86),
    "jpeg": (lambda ink, n: jpeg(paper(large(ink, 48)), 25), 0.86),
    "photo": (lambda ink, n: photographed(on_page(large(ink)), n), 0.87),
    "photo of a board": (lambda ink, n: photographed(on_page(large(ink)), n, board=True), 0.83),
    "photo of pencil": (lambda ink, n: photographed(on_page(large(ink)), n, contrast=0.45), 0.85),
    "dark and noisy": (lambda ink, n: photographed(on_page(large(ink)), n, noise=14), 0.86),
    "close by": (lambda ink, n: photographed(large(ink, 96), n, shadow=False), 0.87),
    "ruled": (lambda ink, n: photographed(ruled(on_page(large(ink)), 90), n), 0.87),
    "squared": (lambda ink, n: photographed(ruled(on_page(large(ink)), 45, squared=True), n), 0.86),
    "squared screenshot": (lambda ink, n: paper(ruled(large(ink), 45, squared=True)), 0.85),
}


@pytest.mark.parametrize("how", DEGRADED)
def test_ink_is_found_again(how: str) -> None:
    degrade, least = DEGRADED[how]
    found = [overlap(normalise(degrade(traces(number), number)), draw(traces(number))) for number in NUMBERS]
    assert np.mean(found) > least, np.round(found, 2)


def test_a_turned_photo_stays_turned() -> None:
    ink = large(traces(1), 32, padding=60)
    turned = rotated(ink, 4)
    assert overlap(normalise(paper(turned)), np.round(255 * turned).astype(np.uint8)) > 0.85


def test_most_drawings_keep_their_pixels() -> None:
    kept = 0
    for number in range(12):
        clean = draw(traces(number))
        image = normalise(255 - clean)
        same_size = np.abs(np.subtract(image.shape, clean.shape)).max() <= 1
        kept += same_size and overlap(image, clean) > 0.97
    assert kept >= 7


@pytest.mark.parametrize("height", [24, 32, 48])
def test_size_is_what_is_wanted(height: int) -> None:
    want = Preprocessing(symbol_height=height, padding=6)
    for number in range(4):
        image = normalise(paper(large(traces(number), 80)), want)
        drawn = draw(traces(number), height_of(want))
        assert image.dtype == np.uint8
        assert 0.7 < image.shape[0] / drawn.shape[0] < 1.4
        assert (
            not image[:6].any()
            and not image[-6:].any()
            and not image[:, :6].any()
            and not image[:, -6:].any()
        )
        assert image[6].any() and image[-7].any() and image[:, 6].any() and image[:, -7].any()


def height_of(want: Preprocessing):
    from hmer_suite.ink.raster import Drawing

    return Drawing.of(want)


def test_print_keeps_the_width_of_its_strokes_and_comes_at_its_scale() -> None:
    """Without a pen a scan of print is what `printed:` draws, as nearly as sizes can be told from one formula."""
    from hmer_suite.printing.draw import draw_printed
    from hmer_suite.printing.pages import fit

    want = Preprocessing(symbol_height=10, max_pixels=60_000, padding=3, pen=False)
    formulas = [
        r"E = m c ^ { 2 }",
        r"\frac { \partial L } { \partial x } = 0",
        r"\int _ { 0 } ^ { 1 } d x \, f ( x )",
    ]
    for scan, small in zip(draw_printed(formulas, 30), draw_printed(formulas, 10), strict=True):
        found, drawn = normalise(255 - np.pad(scan, 40), want), fit(small, want)
        assert 0.85 < found.shape[1] / drawn.shape[1] < 1.15
        assert abs(found.mean() / drawn.mean() - 1) < 0.15, "as much ink"
        bold = normalise(255 - np.pad(scan, 40), replace(want, pen=True))
        assert bold.mean() > 1.5 * found.mean()


def test_images_do_not_outgrow_max_pixels() -> None:
    want = Preprocessing(max_pixels=3000)
    assert normalise(paper(large(traces(0))), want).size <= 3000


MODES = {
    "1": lambda grey: Image.fromarray(grey).convert("1", dither=Image.Dither.NONE),
    "P": lambda grey: Image.fromarray(grey).convert("P"),
    "CMYK": lambda grey: Image.fromarray(grey).convert("CMYK"),
    "I;16": lambda grey: Image.fromarray(grey.astype(np.uint16) * 200 + 300),
    "F": lambda grey: Image.fromarray(grey.astype(np.float32) / 255),
    "RGBA on nothing": lambda grey: Image.merge(
        "RGBA", [Image.new("L", grey.shape[::-1])] * 3 + [ink_of(grey)]
    ),
    "white on nothing": lambda grey: Image.merge(
        "RGBA", [Image.new("L", grey.shape[::-1], 255)] * 3 + [ink_of(grey)]
    ),
    "LA": lambda grey: Image.merge("LA", [Image.new("L", grey.shape[::-1]), ink_of(grey)]),
    "blue on white": lambda grey: Image.merge(
        "RGB", [Image.fromarray(grey)] * 2 + [Image.new("L", grey.shape[::-1], 255)]
    ),
}


def ink_of(grey: np.ndarray) -> Image.Image:
    return Image.fromarray(255 - grey)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_image(mode: str) -> None:
    clean = draw(traces(5))
    assert overlap(normalise(MODES[mode](255 - clean)), clean) > 0.93


def test_a_telephone_held_upright_says_so(tmp_path) -> None:
    clean = draw(traces(5))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to the right to look at it
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.rot90(255 - clean)).save(path, exif=exif, quality=95)
    with Image.open(path) as image:
        assert overlap(normalise(image), clean) > 0.9


@pytest.mark.parametrize(
    "image",
    [
        np.full((60, 90), 255, np.uint8),
        np.zeros((60, 90), np.uint8),
        np.full((1, 1), 7, np.uint8),
        np.clip(np.random.default_rng(0).normal(200, 4, (80, 120)), 0, 255).astype(np.uint8),
        np.tile(np.linspace(90, 220, 200).astype(np.uint8), (100, 1)),
    ],
    ids=["white", "black", "a pixel", "noise", "a slope of light"],
)
def test_a_blank_image_is_named(image: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"^scan\.png: blank image: no ink found"):
        normalise(image, name="scan.png")


def test_any_tiny_image_is_read_or_refused() -> None:
    random = np.random.default_rng(1)
    for _ in range(100):
        shape = tuple(random.integers(1, 9, 2))
        image = (random.random(shape) < 0.4).astype(np.uint8) * 255
        with suppress(InputError):
            assert normalise(image).ndim == 2


def test_the_edge_of_the_table_is_no_ink() -> None:
    ink = on_page(large(traces(5)))
    photo = photographed(ink, 2, shadow=False)
    photo[:, -70:] = photo[:, -70:] // 4
    assert overlap(normalise(photo), draw(traces(5))) > 0.85


def bar(width: int, length: int = 60) -> np.ndarray:
    """Darkness of an upright bar in the middle of a square."""
    darkness = np.zeros((length, length), np.float32)
    start = (length - width) // 2
    darkness[:, start : start + width] = 1
    return darkness


def width_of(darkness: np.ndarray) -> float:
    """Width of an upright bar in pixels."""
    return float(darkness[len(darkness) // 2].sum())


@pytest.mark.parametrize(
    ("stroke", "length", "pen", "expected"),
    [
        (8, 30, None, 4),  # strokes shrink and grow with the image
        (4, 120, None, 8),
        (8, 30, 4, 4),  # the pen is compared with the stroke after scaling
        (4, 120, 8, 8),
        (4, 60, 5, 4),  # close to the pen: unchanged
        (4, 60, 8, 8),
        (8, 60, 5, 5),
        (4, 120, 14, 14),
        (8, 60, 1, 4),  # never thinner than half
    ],
)
def test_strokes_are_scaled_and_brought_to_the_width_of_the_pen(stroke, length, pen, expected):
    scaled = _scaled(bar(stroke), (length, length), stroke, pen)
    assert scaled.shape == (length, length)
    assert width_of(scaled) == pytest.approx(expected, abs=0.5)
    assert scaled.min() >= 0 and scaled.max() <= 1


def test_ink_of_the_wanted_size_and_width_is_not_touched():
    darkness = bar(4)
    assert _scaled(darkness, (60, 60), 4, 4.5) is darkness


def test_wider_strokes_stay_inside_of_the_image():
    frame = np.ones((60, 60), np.float32)
    frame[4:-4, 4:-4] = 0
    widened = _scaled(frame, (60, 60), 4, 8)
    middle = widened[30]
    assert middle[:7].min() > 0.9 and middle[-7:].min() > 0.9
    assert (60 - middle.sum()) / 2 == pytest.approx(22, abs=0.6)


def test_enlarged_edges_are_sharp():
    row = _scaled(bar(8), (240, 240), 8, None)[120]
    assert ((row > 0.1) & (row < 0.9)).sum() <= 4
