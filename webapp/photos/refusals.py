"""Why a photo is not taken, as data: stable codes here, the sentences that people read elsewhere."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "empty",
    "not_a_photo",
    "not_jpeg_or_png",
    "unsupported_kind",
    "truncated",
    "damaged",
    "animated",
    "too_complex",
    "too_small",
    "too_many_pixels",
    "too_large",
    "too_slow",
    "too_heavy",
    "took_too_long",
    "crashed",
]

REFUSALS: dict[Code, str] = {
    "empty": "no bytes at all",
    "not_a_photo": "the bytes are no picture format that we know",
    "not_jpeg_or_png": "a picture or document of another format (PDF, GIF, WebP, HEIC, …)",
    "unsupported_kind": "JPEG or PNG of a kind that browsers do not show (12 bit, arithmetic, lossless, …)",
    "truncated": "the end is missing",
    "damaged": "the bytes contradict the format, or the picture cannot be decoded to its end",
    "animated": "more than one frame",
    "too_complex": "built from more scans or chunks than any camera or scanner writes",
    "too_small": "a side of no pixels",
    "too_many_pixels": "above the bound for its format; seen: width, height",
    "too_large": "more bytes than allowed; seen: limit",
    "too_slow": "the body did not arrive in time",
    "too_heavy": "decoding needs more memory than a photo may",
    "took_too_long": "decoding needs more time than a photo may",
    "crashed": "two decoding processes ended over it",
}


class PhotoRefused(Exception):
    """The photo is not taken. ``code``: a key of :data:`REFUSALS`; ``seen``: figures for the sentence."""

    def __init__(self, code: Code, **seen: int) -> None:
        super().__init__(code)
        self.code: Code = code
        self.seen = seen
