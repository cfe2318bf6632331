"""What the demo's candidates do besides uploading: declare a gap, doubt the record, hand in, give up, answer."""

from __future__ import annotations

import httpx

from webapp.demo.browsing import WalkFailed, browser, said, sent
from webapp.demo.people import PASSWORD
from webapp.demo.records import DemoCandidate
from webapp.demo.stages import Stands, Way
from webapp.demo.walking_in import photo_id, upload

_ANOTHER = 1
"""The index of the better photo that somebody takes when asked: another one than the first."""


def after_uploading(there: httpx.Client, way: Way) -> None:
    """The rest of somebody's first evening."""
    if way.gap:
        words = "学信网的验证报告还没有申请下来，预计下周才能取得。"
        sent(there, f"/my/materials/{way.gap}/declaration", {"kind": "missing", "words": words})
    if way.stands is Stands.FIELD:
        words = "毕业证书上的专业名称与报名信息不一样，请看照片。"
        sent(there, "/my/record/doubts", {"field": "major", "words": words})
    if way.stands is Stands.WITHDRAWN:
        sent(there, "/my/withdrawal", {"sure": "yes"})
    if way.hands_in:
        sent(there, "/my/submission", {})


def answer(url: str, person: DemoCandidate, places: tuple[str, ...], *, hand_in: bool) -> None:
    """Somebody comes back, takes better photos for ``places``, and says that this is all, or forgets to."""
    with browser(url) as there:
        page = there.post("/", data={"user_name": person.user_name, "password": PASSWORD})
        if page.url.path != "/my":
            raise WalkFailed(f"{person.user_name} could not sign in: {said(page)}")
        for place in places:
            upload(there, person, place, _ANOTHER, replaces=photo_id(person.number, place))
        if hand_in:
            sent(there, "/my/answer", {})
