"""What judging hands back, and its shape on the pipe between the processes. Imports no decoder."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

LIMIT = 204_800
"""Bytes of a stored photo, where exam and material say nothing else."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIFFERENCE_HASH = re.compile(r"[0-9a-f]{128}")
_FRONT = 4_096
"""Bytes in front that always go over the pipe: metadata is cut there, the samples behind them are kept."""


@dataclass(frozen=True)
class Facts:
    """What was found and done, for the Event and for operators; no personal data."""

    kind: str
    """``baseline``, ``progressive`` or ``png``."""
    orientation: int
    """EXIF 1 to 8 as received; other than 1: the pixels were turned."""
    reencoded: bool
    """False: the pixels are the received ones, bit by bit."""
    cut: int
    """Bytes of metadata and trailing data that were left out (0 when re-encoded)."""
    trailing: int
    """Bytes that stood behind the picture's end."""
    otherwise_declared: bool
    """The declared media type was not that of the bytes."""


@dataclass(frozen=True)
class Measured:
    """What the stored picture looks like, in figures."""

    sharpness: float
    """Variance of the Laplacian of the small copy's grey levels."""
    brightness: int
    """Their mean, 0 (black) to 255."""
    difference_hash: str
    """See :func:`webapp.photos.measuring.difference_hash`."""

    @classmethod
    def told(cls, sharpness: float, brightness: int, difference_hash: str) -> Measured:
        """From what another process says; ValueError or TypeError for what cannot be.

        Reviewers' pages compute with the hash: one that is none would break them for good.
        """
        return cls(float(sharpness), int(brightness), _matching(_DIFFERENCE_HASH, difference_hash))


def _matching(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise ValueError("another form")
    return text


@dataclass(frozen=True)
class Judged:
    """A photo that may be stored: upright, without metadata, at most the limit, decodable to its end."""

    data: bytes = field(repr=False)
    media_type: str
    """``image/jpeg`` or ``image/png``."""
    width: int
    height: int
    """Pixels, as seen upright."""
    sha256_stored: str
    """Of ``data``, 64 hex digits."""
    preview: bytes = field(repr=False)
    """A JPEG of at most 320 pixels on its long side."""
    facts: Facts
    measured: Measured

    def as_frame(self, received: bytes = b"") -> tuple[dict[str, Any], list[bytes]]:
        """Head and blobs for the pipe. The other side has what was ``received``: an end like its end is left out."""
        head = {name: value for name, value in asdict(self).items() if name not in ("data", "preview")}
        data, tail = self.data, len(self.data) - _FRONT
        if tail > 0 and received.endswith(data[_FRONT:]):
            data = data[:_FRONT]
        else:
            tail = 0
        return {**head, "tail": tail}, [data, self.preview]

    @classmethod
    def from_frame(cls, head: dict[str, Any], blobs: list[bytes], received: bytes = b"") -> Judged:
        """The reverse; ValueError, KeyError or TypeError when the other side talks nonsense."""
        data, preview = blobs
        tail = int(head["tail"])
        if not 0 <= tail <= len(received):
            raise ValueError("more than what was received")
        return cls(
            data=data + received[len(received) - tail :],
            media_type={"image/jpeg": "image/jpeg", "image/png": "image/png"}[head["media_type"]],
            width=int(head["width"]),
            height=int(head["height"]),
            sha256_stored=_matching(_DIGEST, head["sha256_stored"]),
            preview=preview,
            facts=Facts(**head["facts"]),
            measured=Measured.told(**head["measured"]),
        )
