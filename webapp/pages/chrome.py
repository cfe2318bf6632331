"""What every page carries around its own content: exam, person, language, and in a demo the exam's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quart import current_app, g, render_template, request

from webapp.clock import exam_now, exam_offset
from webapp.guard.sessions import SignedIn
from webapp.pages.display import Display, current_display
from webapp.pages.language import LANGUAGES, current_language, listed
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam, open_exam

LONGEST_PATH = 2_000


@dataclass(frozen=True)
class PersonShown:
    """The signed-in person, as the masthead names them."""

    name: str
    office: str
    roles: frozenset[str]
    candidate: str
    """Of candidates: the opaque, stable name that binds what waits on their phones. Empty for others."""
    sees_record: bool
    """Whether they answer for the whole exam, and so may read its record of events."""


@dataclass(frozen=True)
class DemoShown:
    """Where the exam's clock stands; ``moved`` tells whether it is away from real time."""

    now: str
    bell: str
    moved: bool


@dataclass(frozen=True)
class Chrome:
    """The frame of a page; see ``templates/layouts/page.html``."""

    language: str
    languages: tuple[tuple[str, str], ...]
    display: Display
    path: str
    exam_title: str
    region: str
    person: PersonShown | None
    demo: DemoShown | None
    current: str


async def exam_shown() -> OpenExam:
    """The exam that is open to candidates here, read once a request."""
    if "exam" not in g:
        g.exam = await open_exam()
    found: OpenExam = g.exam
    return found


def _page_to_return_to() -> str:
    """Where a small form such as the language's leads back to: this page, or the one whose form was answered here."""
    if len(request.full_path) > LONGEST_PATH:
        return "/"
    if request.method == "GET":
        return request.full_path.rstrip("?")
    door, path = current_app.create_url_adapter(request), request.path
    while door is not None and path and not door.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def answers_for_exam(person: SignedIn, exam: OpenExam) -> bool:
    """Whether somebody is manager or auditor of the region itself."""
    at = {office.id for role in ("manager", "auditor") for office in person.offices(role)}
    return exam.region_office.id in at


def _person(person: SignedIn | None, exam: OpenExam, language: str) -> PersonShown | None:
    if person is None:
        return None
    offices = dict.fromkeys(
        post.office.name.get(language) or post.office.name["zh-Hans"] for post in person.posts
    )
    return PersonShown(
        name=person.name,
        office=listed(offices),
        roles=person.roles,
        candidate=str(person.id) if person.candidate else "",
        sees_record=answers_for_exam(person, exam),
    )


async def _demo(exam: OpenExam) -> DemoShown | None:
    if not current_app.config["SETTINGS"].demo:
        return None
    moment, offset = await exam_now(), await exam_offset()
    return DemoShown(
        now=moment_words(moment, exam.time_zone),
        bell=moment_words(exam.last_bell, exam.time_zone, ends=True),
        moved=bool(offset),
    )


async def render(template: str, page: object, *, current: str = "", status: int = 200) -> tuple[str, int]:
    """The page of ``template``; ``current`` is its key in the side menu."""
    language, exam = current_language(), await exam_shown()
    chrome = Chrome(
        language=language,
        languages=LANGUAGES,
        display=current_display(),
        path=_page_to_return_to(),
        exam_title=exam.title(language),
        region=exam.region(language),
        person=_person(g.get("person"), exam, language),
        demo=await _demo(exam),
        current=current,
    )
    values: dict[str, Any] = {"page": page, "chrome": chrome}
    return await render_template(template, **values), status
