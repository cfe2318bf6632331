"""How the demo's candidates come in: with a ticket through the product's own pages, photos in their hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid5

import httpx

from webapp.demo.arrivals import Arrival
from webapp.demo.browsing import WalkFailed, browser, fields_of, said
from webapp.demo.drawing import draw_photo
from webapp.demo.people import PASSWORD
from webapp.demo.records import CANDIDATES, DemoCandidate
from webapp.demo.tickets import TicketKey, ticket

_PHOTOS = UUID("6f0d9d1e-5a1b-4f0e-9a55-0d3e12010000")
_BY_USER_NAME = {person.user_name: person for person in CANDIDATES}


def photo_id(number: str, place: str, index: int = 0) -> UUID:
    """The id of somebody's ``index``-th photo at ``place``: the same whenever it is sent."""
    return uuid5(_PHOTOS, f"{number} {place} {index}")


def walk_in(
    url: str, key: TicketKey, arrival: Arrival, then: Callable[[httpx.Client], None] | None = None
) -> None:
    """Somebody comes in, activates the account if need be, and uploads; the second time changes nothing.

    ``then`` is what they do afterwards in the same browser.
    """
    person = _BY_USER_NAME[arrival.user_name]
    with browser(url) as there:
        _enter(there, person, ticket(key, url, person))
        seen: Counter[str] = Counter()
        for place in arrival.photos:
            upload(there, person, place, seen[place])
            seen[place] += 1
        if then is not None:
            then(there)


def _enter(there: httpx.Client, person: DemoCandidate, signed: str) -> None:
    page = there.post("/enter", data={"ticket": signed})
    if page.url.path == "/activate":
        page = there.post("/activate", data=_filled_in(page, person))
    elif page.url.path == "/enter":
        page = there.post("/enter/confirm", data=fields_of(page, "/enter/confirm"))
    if page.url.path != "/my":
        raise WalkFailed(f"{person.user_name} did not get in, but to {page.url.path}: {said(page)}")


def _filled_in(page: httpx.Response, person: DemoCandidate) -> dict[str, str]:
    form = fields_of(page, "/activate")
    answers = {name: f"演示{person.user_name}{name[-1]}" for name in form if name.startswith("answer_")}
    return {
        **form,
        **answers,
        "password": PASSWORD,
        "password_again": PASSWORD,
        "pledges": "yes",
        "consent": "yes",
    }


def upload(
    there: httpx.Client, person: DemoCandidate, place: str, index: int, replaces: UUID | None = None
) -> None:
    """Somebody sends the ``index``-th photo for ``place``, instead of the one it ``replaces``."""
    answer = there.put(
        f"/my/photos/{photo_id(person.number, place, index)}",
        params={"slot": place, **({"replaces": str(replaces)} if replaces else {})},
        content=draw_photo(place, index, person.record),
        headers={"Content-Type": "image/jpeg", "Accept": "application/json"},
    )
    if answer.status_code not in {200, 201}:
        raise WalkFailed(f"{person.user_name} could not upload {place}: {said(answer)}")
