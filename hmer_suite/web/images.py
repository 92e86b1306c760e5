"""Images in requests."""

from __future__ import annotations

import base64
import binascii
import re

from hmer_suite.errors import InputError

_DATA_URI = re.compile(r"data:image/[A-Za-z0-9.+-]+;base64,")


def image_bytes(src: str) -> bytes:
    """The content of a data URI; InputError for anything else, addresses and paths included."""
    head = _DATA_URI.match(src)
    if head is None:
        raise InputError("src: expected a data URI, data:image/png;base64,...; nothing is fetched")
    try:
        return base64.b64decode(src[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise InputError("src: not valid base64") from None
