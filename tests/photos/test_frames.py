from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.photos.frames import LENGTH, MOST_HEAD, FrameProblem, head_length, packed, parsed_head


def test_a_frame_is_its_head_and_then_its_blobs() -> None:
    frame = packed({"job": "judge"}, [b"abc", b""])
    end = LENGTH + head_length(frame[:LENGTH])
    assert parsed_head(frame[LENGTH:end]) == ({"job": "judge"}, [3, 0])
    assert frame[end:] == b"abc"


@pytest.mark.parametrize("prefix", [b"", b"\0\0\0", (MOST_HEAD + 1).to_bytes(4), b"\xff" * 4])
def test_a_length_that_cannot_be_is_no_frame(prefix: bytes) -> None:
    with pytest.raises(FrameProblem):
        head_length(prefix)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"blobs": 3}',
        b'{"blobs": [-1]}',
        b'{"blobs": ["x"]}',
        b'{"blobs": [99999999999]}',
        b'{"blobs": [Infinity]}',
        b'{"blobs": [1e999]}',
        b'{"blobs": [], "width": NaN}',
        b"[" * MOST_HEAD,
        b"\xff\xfe",
    ],
)
def test_a_head_that_makes_no_sense_is_no_frame(head: bytes) -> None:
    with pytest.raises(FrameProblem):
        parsed_head(head)


@given(st.binary(max_size=60))
def test_no_bytes_can_surprise_the_reader(noise: bytes) -> None:
    try:
        _, lengths = parsed_head(noise)
    except FrameProblem:
        lengths = []
    assert all(length >= 0 for length in lengths)
