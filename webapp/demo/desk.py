"""What the demo's staff do at their desks: claim, look at every photo, give their word, call, and grant more time."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import pyotp

from webapp.demo.browsing import WalkFailed, browser, fields_of, opened, said, sent
from webapp.demo.enrolling import SignInSheet
from webapp.demo.records import DemoCandidate

_DUTIES_SECONDS = 60
_MATERIAL = re.compile(r"[?&](?:amp;)?material=([A-Z_]+)")
_PHOTO = re.compile(r"[?&](?:amp;)?photo=([0-9a-f-]{36})")
_SEEN = re.compile(r'action="(/review/photos/([0-9a-f-]{36})/seen\?v=(\d+))"')
_CASE = re.compile(r'href="/staff/cases/([0-9a-f-]{36})"')
_OPTION = re.compile(r'<option value="([^"]+)"[^>]*>\s*([^<]*?)\s*</option>')
_GROUP = re.compile(r'href="(/review/calls\?[^"]*unit=[^"]+)"')
_REQUEST = re.compile(r'action="/review/calls/([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Redo:
    """A photo that has to be taken again."""

    slots: tuple[str, ...]
    reasons: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Word:
    """The conclusion on a whole case, and the materials that are not as they should be; the others are in order."""

    conclusion: str
    redo: Mapping[str, Redo] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    note: str = ""
    due: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of the record that are to be corrected, and how."""
    look: bool = True
    """Whether every photo is looked at and every material gets its word."""


class Desk:
    """One member of staff, signed in."""

    def __init__(self, url: str, sheet: SignInSheet) -> None:
        self._sheet = sheet
        self._there = browser(url)

    def __enter__(self) -> Desk:
        code = pyotp.TOTP(self._sheet.totp_secret).at(int(time.time()))
        form = {"user_name": self._sheet.user_name, "password": self._sheet.password, "code": code}
        page = self._there.post("/staff/sign-in", data=form)
        if page.url.path not in {"/review", "/staff"}:
            raise WalkFailed(f"{self._sheet.user_name} could not sign in: {said(page)}")
        return self

    def __exit__(self, *_: object) -> None:
        self._there.close()

    def _page(self, address: str) -> httpx.Response:
        return opened(self._there, address)

    # As a manager

    def case_of(self, person: DemoCandidate) -> str:
        """The id of somebody's case, found by the registration number."""
        page = self._page(f"/staff/cases?q={person.number}")
        found = set(_CASE.findall(page.text))
        if len(found) != 1:
            raise WalkFailed(f"{person.number} has {len(found)} cases: {said(page)}")
        return str(found.pop())

    def more_time_for_site(self, name: str, bell: str, reason: str) -> None:
        """A later bell for the site of that name."""
        offices = {words: value for value, words in _OPTION.findall(self._page("/staff/progress").text)}
        office = next((value for words, value in offices.items() if name in words), "")
        sent(self._there, "/staff/extensions", {"office": office, "bell": bell, "reason": reason})

    def more_time_for_case(self, case: str, bell: str, reason: str) -> None:
        """A later bell for one case."""
        action = f"/staff/cases/{case}/extend"
        form = fields_of(self._page(f"/staff/cases/{case}"), action)
        sent(self._there, action, {**form, "bell": bell, "reason": reason})

    # As a reviewer

    def wait_until_claimable(self, case: str) -> None:
        """Until the product has done what falls due, so that the case can be taken in hand."""
        deadline = time.monotonic() + _DUTIES_SECONDS
        while f'action="/review/cases/{case}/claim"' not in self._page(f"/review/cases/{case}").text:
            if time.monotonic() > deadline:
                raise WalkFailed(f"{case} cannot be claimed after {_DUTIES_SECONDS} s")
            time.sleep(0.5)

    def claim(self, case: str) -> httpx.Response:
        """Takes a case in hand; its page."""
        return sent(self._there, f"/review/cases/{case}/claim", {"reason": ""})

    def flag(self, case: str, flag: str, note: str) -> None:
        """Puts a mark on a case and lays it back."""
        self.claim(case)
        sent(self._there, f"/review/cases/{case}/flags", {"flag": flag, "set": "yes", "note": note})
        sent(self._there, f"/review/cases/{case}/release", {})

    def decide(self, case: str, word: Word) -> None:
        """Takes a case in hand, looks through it, and gives the word on it."""
        page = self.claim(case)
        address = f"/review/cases/{case}"
        if word.look:
            for material in dict.fromkeys(_MATERIAL.findall(page.text)):
                page = self._judge(page, address, material, word.redo.get(material))
        action = f"{address}/conclusion"
        form: dict[str, str | list[str]] = {"version": fields_of(page, action)["version"]}
        form |= {"conclusion": word.conclusion, "reasons": list(word.reasons), "note": word.note}
        if word.due:
            form["due"] = word.due
        if word.fields:
            form["fields"] = list(word.fields)
            form |= {f"field_note_{code}": note for code, note in word.fields.items()}
        sent(self._there, action, form)

    def _judge(self, page: httpx.Response, address: str, material: str, redo: Redo | None) -> httpx.Response:
        """Looks at a material's photos and gives the word on it; the page that comes then.

        ``page`` is of the same case, often of this very material: a word leads to the next without one.
        """
        action = f"{address}/verdicts"
        if fields_of(page, action).get("material") != material:
            page = self._page(f"{address}?material={material}")
        self._look_at(page, f"{address}?material={material}")
        form = fields_of(page, action)
        if form.get("material") != material:  # nothing of it is there, so nothing can be said of it
            return page
        known: dict[str, str | list[str]] = {"version": form["version"], "material": material}
        if redo is None:
            return sent(self._there, action, {**known, "kind": "accepted"})
        more: dict[str, str | list[str]] = {"slots": list(redo.slots), "reasons": list(redo.reasons)}
        return sent(self._there, action, {**known, **more, "kind": "redo", "note": redo.note})

    def _look_at(self, page: httpx.Response, address: str) -> None:
        """Sees each photo of a material, of which ``page`` shows one."""
        looked = self._see(page)
        for photo in dict.fromkeys(_PHOTO.findall(page.text)):
            if photo not in looked:
                looked |= self._see(self._page(f"{address}&photo={photo}"))

    def _see(self, page: httpx.Response) -> set[str]:
        """Has the photo on the screen that the page shows, and lets the page say so, as its script does."""
        looked = set()
        for seen, photo, version in _SEEN.findall(page.text):
            self._page(f"/review/photos/{photo}?v={version}")
            sent(self._there, seen, {}, Accept="application/json")
            looked.add(photo)
        return looked

    def call_in_vain(self, person: DemoCandidate) -> None:
        """Calls the person's unit, where nobody answers."""
        for group in self._groups():
            page = self._page(group)
            found = _REQUEST.search(page.text)
            if found is not None and f'class="asked__who">{person.name}<' in page.text:
                action = f"/review/calls/{found[1]}"
                form = {**fields_of(page, action), "callee": "unit", "outcome": "no_answer", "next_try": ""}
                sent(self._there, action, form)
                return
        raise WalkFailed(f"{person.name} is on nobody's list of calls")

    def _groups(self) -> Sequence[str]:
        page = self._page("/review/calls?show=all")
        return [address.replace("&amp;", "&") for address in dict.fromkeys(_GROUP.findall(page.text))]
