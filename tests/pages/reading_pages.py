"""Reads what a candidate's pages show, as a person would: rows with their words, places with their state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from uuid import UUID, uuid4

from tests.house import Browser
from tests.photos import pictures

SHOWN = re.compile(r"<template.*?</template>|<head>.*?</head>", re.DOTALL)
CLOCK = re.compile(r'<[a-z]+ class="demo.*?(?=<div class="page")', re.DOTALL)


def words(html: str) -> str:
    """All that stands on the page, without marks and with single blanks."""
    said = " ".join(unescape(re.sub(r"<[^>]*>", " ", SHOWN.sub("", html))).split())
    return re.sub(r" (?=[，。；：])", "", said)


def without_clock(html: str) -> str:
    """A page without the demonstration's bar, which says what time it is."""
    return CLOCK.sub("", html)


@dataclass(frozen=True)
class RowSeen:
    """A row of the list, and the section that it stands in."""

    section: str
    words: str
    kind: str
    picture: bool


def rows(html: str) -> dict[str, RowSeen]:
    """The list by the materials' codes, in its order."""
    found: dict[str, RowSeen] = {}
    for section, body in re.findall(r'data-section="(\w+)".*?<ul class="rows">(.*?)</ul>', html, re.DOTALL):
        for code, row in re.findall(r'<li data-material="(\w+)">(.*?)</li>', body, re.DOTALL):
            kind = re.search(r'class="state is-([\w-]+)', row)
            found[code] = RowSeen(section, words(row), kind[1] if kind else "", "<img" in row)
    return found


@dataclass(frozen=True)
class PlaceSeen:
    """A place of a material's page; ``forms`` are the addresses that its plain forms go to."""

    slot: str
    label: str
    state: str
    photo: str
    words: str
    forms: list[str]
    fresh: str


def places(html: str) -> list[PlaceSeen]:
    """The places in their order."""
    found = []
    for attributes, body in re.findall(
        r"<photo-slot([^>]*)>(.*?)</photo-slot>", SHOWN.sub("", html), re.DOTALL
    ):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        fresh = re.search(r'name="photo" value="([^"]+)"', body)
        found.append(
            PlaceSeen(
                given["slot"],
                given["label"],
                given["state"],
                given.get("photo", ""),
                words(body),
                re.findall(r'action="([^"]+)"', body),
                fresh[1] if fresh else "",
            )
        )
    return found


def states(html: str) -> list[tuple[str, str]]:
    """Slot and state of each place."""
    return [(place.slot, place.state) for place in places(html)]


async def sent(browser: Browser, slot: str, number: int = 0) -> UUID:
    """A photo that the page's script has sent; another number is another picture."""
    photo = uuid4()
    data = pictures.written(pictures.page(640 + number, 480), quality=80)
    answer = await browser.ask("PUT", f"/my/photos/{photo}?slot={slot}", data, Content_Type="image/jpeg")
    assert answer.status == 201, answer.text
    return photo
