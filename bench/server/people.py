"""The people of the bench: candidates with places to fill, reviewers who look; all come in by the sign-in pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from bench.server import stock
from bench.server.traffic import request
from tests.house import CANDIDATE_PASSWORD, StaffHeld, activated_candidate, enrolled_staff, prepare_database
from tests.served import UNUSED_TLS
from webapp.clock import now
from webapp.database import opened_database
from webapp.guard.sessions import LONGEST
from webapp.keyring import Keyring, open_keyring
from webapp.photos.shelf import LocalShelf, shelf_key
from webapp.records import Candidate, Photo, PhotoVersion
from webapp.records.reading.case_file import concerns_of, record_of
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

SITE = "1201"
_PLACES = 6
"""Places of each candidate that are filled, and then filled anew by replacing what is there."""


@dataclass
class Uploader:
    """A signed-in candidate."""

    user_name: str
    cookie: str = ""
    places: tuple[str, ...] = ()
    held: dict[str, UUID] = field(default_factory=dict)
    """The photo that stands in a place now."""
    turn: int = 0

    def next(self, origin: str, photo: bytes) -> bytes:
        """The request that brings a photo to the next place."""
        place = self.places[self.turn % len(self.places)]
        self.turn += 1
        new, old = uuid4(), self.held.get(place)
        self.held[place] = new
        replaces = f"&replaces={old}" if old else ""
        headers = {
            "Origin": origin,
            "Cookie": self.cookie,
            "Accept": "application/json",
            "Content-Type": "image/jpeg",
        }
        return request("PUT", f"/my/photos/{new}?slot={place}{replaces}", headers, photo)


@dataclass(frozen=True)
class People:
    """Everybody, before anybody has signed in."""

    uploaders: list[Uploader]
    reviewers: list[StaffHeld]


async def settle(url: str, data: Path, uploaders: int, reviewers: int) -> People:
    """A fresh database with the default exam, its window open, and these people with passwords."""
    await prepare_database(url)
    keyring = open_keyring("", data / "keys")
    async with opened_database(url):
        candidates = [await activated_candidate(f"kaosheng{number}", SITE) for number in range(uploaders)]
        places = await _places(candidates[0])
        staff = [
            await enrolled_staff(keyring, f"shenhe{number}", SITE, [Role.REVIEWER])
            for number in range(reviewers)
        ]
    return People([Uploader(one.user_name, places=places) for one in candidates], staff)


async def _places(candidate: Candidate) -> tuple[str, ...]:
    exam = await open_exam()
    concerns = concerns_of(exam, await record_of(exam.id, candidate.id))
    every = [f"{one.material.code}.{slot.code}" for one in concerns for slot in one.material.slots]
    return tuple(every[:_PLACES])


def sign_in(origin: str, people: People) -> list[str]:
    """Signs everybody in through the pages; the reviewers' cookies."""
    for one in people.uploaders:
        form = {"user_name": one.user_name, "password": CANDIDATE_PASSWORD}
        one.cookie = _cookies(origin, "/", form)
    return [_cookies(origin, "/staff/sign-in", held.form()) for held in people.reviewers]


def _cookies(origin: str, door: str, form: dict[str, str]) -> str:
    answer = httpx.post(origin + door, data=form, headers={"Origin": origin}, verify=UNUSED_TLS)
    if answer.status_code != 302:
        raise SystemExit(f"{door} answered {answer.status_code}")
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


async def stock_sessions(url: str, count: int) -> list[str]:
    """Tables and session rows of the stock handler; the cookies."""
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    await stock.Tortoise.init(config=stock.settings(url))
    try:
        await stock.Tortoise.generate_schemas()
        for token in tokens:
            await stock.StockSession.create(
                token_hash=stock.token_hash(token), person=uuid4(), ends_at=now() + LONGEST
            )
    finally:
        await stock.Tortoise.close_connections()
    return [f"sid={token}" for token in tokens]


async def plain_copies(url: str, data: Path, keyring: Keyring, folder: Path) -> list[UUID]:
    """Unencrypted copies of all photos that count, named as on the shelf, for ``send_file``; the photos."""
    folder.mkdir(parents=True, exist_ok=True)
    shelf, found = LocalShelf(data / "shelf", keyring), []
    async with opened_database(url):
        for photo in await Photo.filter(removed_at=None):
            version = await PhotoVersion.get(photo_id=photo.id, number=photo.version)
            (folder / version.shelf_key).write_bytes(await shelf.get(shelf_key(version.shelf_key)))
            found.append(photo.id)
    return found


def looks(cookies: list[str], photos: list[UUID], lane: int, lanes: int) -> Iterator[bytes]:
    """Each of a lane's reviewers gets each photo, once; then all over again."""
    while True:
        for photo in photos:
            for cookie in cookies[lane::lanes]:
                yield request("GET", f"/review/photos/{photo}?v=1", {"Cookie": cookie})
