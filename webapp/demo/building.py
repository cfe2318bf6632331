"""Everybody of the demo comes in, several at once; what comes of it is the book of sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from webapp.demo.arrivals import ARRIVALS, NOT_ACTIVATED
from webapp.demo.enrolling import enrol
from webapp.demo.papers import LOOKS, scene
from webapp.demo.people import PASSWORD, STAFF
from webapp.demo.records import CANDIDATES, DemoCandidate
from webapp.demo.stages import WAYS
from webapp.demo.staging import Season, play
from webapp.demo.tickets import read_key
from webapp.demo.walking_in import walk_in

_AT_ONCE = 4


def lay_papers_ready() -> None:
    """Draws the base papers; done while the server still starts, and before several need one at once."""
    for kind in LOOKS:
        scene(kind)


def let_everybody_in(
    url: str, codes: Mapping[str, str], key_file: Path, season: Season | None = None
) -> dict[str, Any]:
    """Staff enrol with their one-time codes (by user name), candidates walk in; their sheets as plain data.

    With a ``season`` they also go through all stages; else everybody still uploads.
    """
    key = read_key(key_file)
    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        # The longest way first, so that nobody is waited for at the end.
        arriving = [] if season else sorted(ARRIVALS, key=lambda one: -len(one.photos))
        candidates = [crowd.submit(walk_in, url, key, arrival) for arrival in arriving]
        staff = [crowd.submit(enrol, url, person, codes[person.user_name]) for person in STAFF]
        for walk in candidates:
            walk.result()
        sheets = [sheet.result() for sheet in staff]
    if season:
        play(url, key, sheets, season)
        states = {way.user_name: (way.stands.value, way.comes_in) for way in WAYS}
    else:
        states = {arrival.user_name: (arrival.state, True) for arrival in ARRIVALS}
    return {
        "staff": [sheet.plain() for sheet in sheets],
        "candidates": [
            _sheet(person, *states.get(person.user_name, (NOT_ACTIVATED, False))) for person in CANDIDATES
        ],
    }


def _sheet(person: DemoCandidate, state: str, activated: bool) -> dict[str, object]:
    return {
        "user_name": person.user_name,
        "name": person.name,
        "registration_number": person.number,
        "password": PASSWORD if activated else None,
        "state": state,
    }
