"""The plan of the demo's stages is one that the product can follow: everybody has what their place asks for."""

from __future__ import annotations

from collections import Counter

import pytest

from webapp.demo.people import STAFF
from webapp.demo.records import CANDIDATES
from webapp.demo.stages import ASKED_FIRST, COLLECTING, REVIEWED, WAYS, Stands, Way
from webapp.exams import load_package
from webapp.rules.catalogue import concerning
from webapp.rules.filling import Declared, Held, filled, progress

EXAM = load_package("tianjin_2020")
MATERIALS = EXAM.materials_of(EXAM.phases[0].code)
BY_USER_NAME = {person.user_name: person for person in CANDIDATES}
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.user_name)


def at(way: Way) -> str:
    """The site."""
    return BY_USER_NAME[way.user_name].record["site_code"]


def test_somebody_stands_in_every_place_and_nobody_in_two() -> None:
    assert {way.stands for way in WAYS} == set(Stands)
    assert len({way.user_name for way in WAYS}) == len(WAYS)
    assert sum(way.comes_in for way in WAYS) >= 28


@each_way
def test_whoever_hands_in_has_everything_or_has_declared_the_gap(way: Way) -> None:
    concerns = concerning(MATERIALS, BY_USER_NAME[way.user_name].record)
    counts = {
        (place.split(".")[0], place.split(".")[1]): Held(count)
        for place, count in Counter(way.photos).items()
    }
    most = {(c.material.code, slot.code): slot.most for c in concerns for slot in c.material.slots}
    assert all(held.photos <= most[place] for place, held in counts.items())
    gaps = {way.gap: Declared.MISSING} if way.gap else {}
    found = progress(filled(concerns, counts, gaps))
    whole = found.done == found.required
    assert whole == (way.hands_in or way.stands in (Stands.READY, Stands.GAP))
    assert not (set(gaps) & {place.split(".")[0] for place in way.photos})


@each_way
def test_those_who_still_upload_have_the_longer_time_and_the_others_not(way: Way) -> None:
    has_time = way.own_bell or at(way) == "1202"
    assert has_time == (way.stands in (*COLLECTING, Stands.SUBMITTED))
    assert not (way.own_bell and at(way) == "1202"), "the site's own time is enough"


def test_groups_do_not_overlap_and_reviewers_are_there() -> None:
    groups = [set(COLLECTING), set(REVIEWED), set(ASKED_FIRST)]
    assert sum(len(group) for group in groups) == len(set().union(*groups))
    at_site = [person for person in STAFF if person.office == "1201" and "reviewer" in person.roles]
    assert len(at_site) >= 2
