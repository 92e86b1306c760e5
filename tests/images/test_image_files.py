"""Image files of every format that is read, and the limits that are checked before pixels are decoded."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from hmer_suite.errors import InputError
from hmer_suite.images.files import check_size, count_pages, open_image
from hmer_suite.images.photo import normalise


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Dark left half, light right half."""
    values = np.full((height, width, 3), 240, np.uint8)
    values[:, : width // 2] = 20
    return Image.fromarray(values)


def data_of(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    else:
        image.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "HEIF", "PDF", "PPM"])
def test_formats_are_recognised_by_content(tmp_path: Path, form: str) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data_of(picture(), form))
    for image in (open_image(path), open_image(path.read_bytes(), "bytes")):
        grey = np.asarray(image.convert("L"))
        width = grey.shape[1]
        assert width > grey.shape[0] and grey[:, width // 8].mean() < 60 < 200 < grey[:, -width // 8].mean()


@pytest.mark.parametrize("form", ["JPEG", "HEIF"])
def test_photos_are_turned_upright(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = open_image(data_of(picture(), form, exif=exif.tobytes()), "phone")
    assert image.size == (40, 60) and np.asarray(image.convert("L"))[3].mean() < 60


def test_pages_of_documents(tmp_path: Path) -> None:
    pages = [picture(), picture(90, 40)]
    for form, suffix in (("TIFF", "tif"), ("PDF", "pdf")):
        path = tmp_path / f"pages.{suffix}"
        pages[0].save(path, form, save_all=True, append_images=pages[1:])
        sizes = [open_image(path, page=page).size for page in range(count_pages(path))]
        assert [round(width / height, 1) for width, height in sizes] == [1.5, 2.2]
    with pytest.raises(InputError, match="no page 3, it has 2"):
        open_image(path, page=2)
    assert count_pages(tmp_path / "missing.tif") == 1


def header_only(width: int, height: int) -> bytes:
    """A PNG file of a size, of whose pixels there are none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image that can be read"),
        (data_of(picture(), "ICO"), "not an image that can be read"),
        (header_only(60_000, 60_000), "too large, at most 89,000,000 pixels are read"),
        (header_only(10_000, 9_000), "too large, at most 89,000,000 pixels are read"),
        (
            header_only(50_100, 100),
            "too narrow: 50,100 x 100 pixels, one side is more than 500 times the other",
        ),
        (header_only(50, 25_050), "too narrow: 50 x 25,050 pixels"),
        (header_only(50, 50), "damaged image"),
        (b"%PDF-1.4\nnothing", "damaged PDF file"),
        (data_of(picture(), "HEIF")[:400], "damaged image"),
        (data_of(picture(), "AVIF")[:200], "not an image that can be read"),
    ],
)
def test_other_content_is_one_line_for_that_file(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=re.escape(reason)) as caught:
        open_image(data, "given.png")
    assert str(caught.value).startswith("given.png: ") and "\n" not in str(caught.value)


def test_sizes() -> None:
    check_size(1, 500, "fine")
    for width, height in ((0, 5), (1, 501), (89_000_001, 1)):
        with pytest.raises(InputError, match=r"^x: "):
            check_size(width, height, "x")


@pytest.mark.parametrize("shape", [(20, 10_000), (10_000, 20), (60, 25_000), (1, 500), (2, 1)])
def test_narrow_pictures_are_normalised(shape: tuple[int, int]) -> None:
    values = np.full(shape, 255, np.uint8)
    values[shape[0] // 4 : shape[0] // 2 + 1, shape[1] // 8 : shape[1] // 6 + 1] = 0
    values[shape[0] // 4 : shape[0] // 2 + 1, -shape[1] // 8 :] = 0
    try:
        assert normalise(values).max() > 0
    except InputError as error:
        assert "blank" in str(error)
