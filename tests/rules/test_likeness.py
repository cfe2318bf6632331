from __future__ import annotations

from webapp.rules.likeness import NEARLY, SAYING, distance, nearly_the_same

EVERY_OTHER = int("5" * 128, 16)


def hexed(bits: int) -> str:
    return f"{bits:0128x}"


def test_a_picture_is_like_itself_and_not_like_its_opposite() -> None:
    assert nearly_the_same(hexed(EVERY_OTHER), hexed(EVERY_OTHER))
    assert distance(hexed(EVERY_OTHER), hexed(EVERY_OTHER << 1)) == 1


def test_a_fifth_of_all_that_is_said_may_differ_and_no_more() -> None:
    said = (1 << 100) - 1
    assert distance(hexed(said), hexed(said >> 20)) == NEARLY
    assert nearly_the_same(hexed(said), hexed(said >> 20))
    assert not nearly_the_same(hexed(said), hexed(said >> 21))


def test_blank_pages_are_like_nothing() -> None:
    enough, too_few = (1 << SAYING) - 1, (1 << SAYING - 1) - 1
    assert nearly_the_same(hexed(enough), hexed(enough))
    assert not nearly_the_same(hexed(too_few), hexed(too_few))


def test_photos_from_before_they_were_measured_are_like_nothing() -> None:
    assert not nearly_the_same("", "")
    assert not nearly_the_same("", hexed(EVERY_OTHER))
