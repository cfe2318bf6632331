"""What everybody of the demo does on a page: wait for it, read its form, quote it when it says something unexpected."""

from __future__ import annotations

import html
import re
import ssl
import time
from collections.abc import Mapping
from html.parser import HTMLParser

import httpx

_TRIES = 5
_LONGEST_WAIT_SECONDS = 60


class WalkFailed(Exception):
    """A page did not answer as a person would expect; the message quotes what it said."""


# Everybody is on this machine and speaks plain HTTP; made once, because reading all certificates takes a while.
_UNUSED_TLS = ssl.create_default_context()


def browser(url: str) -> httpx.Client:
    """A browser that keeps cookies and follows redirects, for somebody who reads Chinese."""
    # A slow machine is no reason to give up: a person would wait a minute too.
    headers = {"Origin": url, "Accept-Language": "zh-CN"}
    return httpx.Client(base_url=url, headers=headers, follow_redirects=True, timeout=60, verify=_UNUSED_TLS)


def wait_until_answers(address: str, seconds: float = 60.0) -> None:
    """Waits until there is a page at ``address``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(address, timeout=5, verify=_UNUSED_TLS).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise WalkFailed(f"{address} did not answer after {seconds:.0f} s")


def sent(
    there: httpx.Client, address: str, form: Mapping[str, str | list[str]], **headers: str
) -> httpx.Response:
    """What comes of a form; waits where the product says that it goes too fast."""
    answer = there.post(address, data=dict(form), headers=headers)
    for _ in range(_TRIES):
        if answer.status_code != 429:
            break
        _rest(answer)
        # A form that was taken led to a page: only that page is asked for again, the form is not sent twice.
        answer = (
            there.get(answer.url) if answer.history else there.post(address, data=dict(form), headers=headers)
        )
    return _served(answer, address)


def opened(there: httpx.Client, address: str) -> httpx.Response:
    """A page; waits where the product says that it goes too fast."""
    answer = there.get(address)
    for _ in range(_TRIES):
        if answer.status_code != 429:
            break
        _rest(answer)
        answer = there.get(address)
    return _served(answer, address)


def _rest(answer: httpx.Response) -> None:
    time.sleep(min(int(answer.headers.get("Retry-After", "1")), _LONGEST_WAIT_SECONDS))


def _served(answer: httpx.Response, address: str) -> httpx.Response:
    if answer.status_code != 200:
        raise WalkFailed(f"{address} answered {answer.status_code}: {said(answer)}")
    return answer


def said(answer: httpx.Response) -> str:
    """The words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())[:400]


class _Fields(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._action, self._inside, self._select = action, False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside:
            return
        if tag == "input" and "name" in given and given.get("type") != "checkbox":
            self.values[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""


def fields_of(answer: httpx.Response, action: str) -> dict[str, str]:
    """What the page's form to ``action`` would send if nobody touched it; boxes are not ticked."""
    reader = _Fields(action)
    reader.feed(answer.text)
    return reader.values
