from dataclasses import replace
from uuid import UUID

import pytest

from tests.rules.telling import BELL, INSTANT
from webapp.rules.announcements import (
    Announcement,
    Fingerprint,
    Form,
    SlotState,
    announcing_refusals,
    is_open,
    taken_in_grace,
)
from webapp.rules.bells import GRACE

CHOSEN = Fingerprint(1_532_118, "c" * 64)
SHRUNK = Fingerprint(198_004, "5" * 64)
STRANGE = Fingerprint(198_004, "0" * 64)
FIRST, SECOND, OLD = UUID(int=11), UUID(int=12), UUID(int=13)

ON_ITS_WAY = Announcement(FIRST, "diploma", "page", CHOSEN, SHRUNK)
ANOTHER = replace(ON_ITS_WAY, photo=SECOND)
BEFORE = BELL - INSTANT
ONE_FREE = SlotState(places=2, photos=frozenset({OLD}), waiting=0)


def test_a_phone_may_announce_one_photo_for_a_free_place() -> None:
    assert announcing_refusals(ON_ITS_WAY, ONE_FREE, [], BELL, BEFORE) == ()


@pytest.mark.parametrize(
    "slot", [replace(ONE_FREE, places=1), replace(ONE_FREE, waiting=1)], ids=["full", "held by an original"]
)
def test_without_a_free_place_nothing_is_announced(slot: SlotState) -> None:
    assert announcing_refusals(ON_ITS_WAY, slot, [], BELL, BEFORE) == ("announcement.no_free_place",)


def test_a_free_place_has_one_open_announcement() -> None:
    assert announcing_refusals(ANOTHER, ONE_FREE, [ON_ITS_WAY], BELL, BEFORE) == (
        "announcement.no_free_place",
    )
    assert announcing_refusals(ANOTHER, replace(ONE_FREE, places=3), [ON_ITS_WAY], BELL, BEFORE) == ()


def test_the_same_announcement_may_be_told_again() -> None:
    told_again = replace(ON_ITS_WAY, shrunk=None)
    assert announcing_refusals(told_again, ONE_FREE, [ON_ITS_WAY], BELL, BEFORE) == ()


def test_a_photo_has_one_open_announcement_that_replaces_it() -> None:
    full = SlotState(places=1, photos=frozenset({OLD}), waiting=0)
    replacing, rival = replace(ON_ITS_WAY, replaces=OLD), replace(ANOTHER, replaces=OLD)
    assert announcing_refusals(replacing, full, [], BELL, BEFORE) == ()
    assert announcing_refusals(rival, full, [replacing], BELL, BEFORE) == ("announcement.replaced_already",)


def test_a_replacing_announcement_takes_no_free_place() -> None:
    replacing = replace(ON_ITS_WAY, replaces=OLD)
    assert announcing_refusals(ANOTHER, ONE_FREE, [replacing], BELL, BEFORE) == ()


def test_what_is_not_there_cannot_be_replaced() -> None:
    replacing = replace(ON_ITS_WAY, replaces=SECOND)
    assert announcing_refusals(replacing, ONE_FREE, [], BELL, BEFORE) == ("announcement.nothing_to_replace",)


def test_at_the_bell_it_is_too_late_to_announce() -> None:
    assert announcing_refusals(ON_ITS_WAY, ONE_FREE, [], BELL, BELL) == ("announcement.late",)


def test_an_announcement_dies_with_the_grace() -> None:
    assert is_open(ON_ITS_WAY, BELL, BELL + GRACE - INSTANT)
    assert not is_open(ON_ITS_WAY, BELL, BELL + GRACE)


def test_a_withdrawn_or_arrived_announcement_is_over() -> None:
    assert not is_open(replace(ON_ITS_WAY, ended=True), BELL, BEFORE)


def arrives(announcement: Announcement, what: Fingerprint, **changes: object) -> Form | None:
    named: dict[str, object] = {
        "photo": FIRST,
        "material": "diploma",
        "slot": "page",
        "deadline": BELL,
        "exam_now": BELL + GRACE - INSTANT,
    }
    return taken_in_grace(announcement, what, **{**named, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("what", "form"), [(SHRUNK, Form.SHRUNK), (CHOSEN, Form.CHOSEN), (STRANGE, None)])
def test_the_grace_takes_exactly_the_announced_bytes(what: Fingerprint, form: Form | None) -> None:
    assert arrives(ON_ITS_WAY, what) is form


def test_a_right_digest_with_another_size_is_not_what_was_announced() -> None:
    assert arrives(ON_ITS_WAY, replace(SHRUNK, size=SHRUNK.size + 1)) is None


def test_what_was_not_shrunk_yet_when_announced_comes_as_it_was_chosen() -> None:
    unknown = replace(ON_ITS_WAY, shrunk=None)
    assert arrives(unknown, SHRUNK) is None
    assert arrives(unknown, CHOSEN) is Form.CHOSEN


def test_once_one_of_the_two_forms_was_taken_the_other_is_not() -> None:
    assert arrives(replace(ON_ITS_WAY, ended=True), CHOSEN) is None


@pytest.mark.parametrize(
    "change", [{"photo": SECOND}, {"material": "degree"}, {"slot": "cover"}, {"exam_now": BELL + GRACE}]
)
def test_the_right_bytes_elsewhere_or_too_late_are_not_taken(change: dict[str, object]) -> None:
    assert arrives(ON_ITS_WAY, SHRUNK) is Form.SHRUNK
    assert arrives(ON_ITS_WAY, SHRUNK, **change) is None


def test_a_file_that_needed_no_shrinking_counts_as_shrunk() -> None:
    assert arrives(replace(ON_ITS_WAY, chosen=SHRUNK), SHRUNK) is Form.SHRUNK
