"""The result. Before it is published the page says how far the case is, whatever has been decided of it."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.home import RESULT_KINDS, RESULT_WORDS
from webapp.pages.candidate.locks import lock_title
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.candidate.timeline import Step, steps_of
from webapp.pages.chrome import render
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.rules.identity_numbers import masked
from webapp.rules.verdicts import Kind

blueprint = Blueprint("candidate_result", __name__, url_prefix="/my/result")


@dataclass(frozen=True)
class Published:
    """A Result as its owner reads it."""

    word: str
    """``passed``, ``failed``, ``given_up`` or ``nothing_handed_in``."""
    at: str
    version: int
    reasons: list[str]
    hints: list[str]
    note: str
    materials: list[tuple[str, str]]
    """Materials that would not do, and why; only as long as nothing has moved since."""
    rechecking: bool


@dataclass(frozen=True)
class ResultPage:
    """See ``templates/candidate/result.html``."""

    kind: str
    """The look's state."""
    title: str
    say: str
    exam_title: str
    published: Published | None
    steps: list[Step]
    facts: list[tuple[str, str]]
    photos: int
    site_name: str
    site_phone: str
    site_hours: str
    region_name: str
    region_phone: str
    next_step: str
    """What this person has to do themselves, on their list; mostly nothing."""
    may_be_asked: bool
    """Whether something may still be wanted of this person."""


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def result() -> ResponseReturnValue:
    """How far it is, and once it is published, what came of it."""
    page = await _page(await standing_or_404())
    body, status = await render("candidate/result.html", page, current="my")
    return body, status, {"Cache-Control": "no-store"}


async def _page(here: Standing) -> ResultPage:
    exam, language = here.exam, current_language()
    published = _published(here)
    candidate, region = await candidate_home(current_person().id), exam.region_office
    kind, title, say = _told(here, published)
    return ResultPage(
        kind=kind,
        title=title,
        say=say,
        exam_title=exam.title(language),
        published=published,
        steps=steps_of(here),
        facts=_facts(here),
        photos=len(here.own.photos),
        site_name=exam.in_language(candidate.site_name, language),
        site_phone=candidate.site_phone,
        site_hours=exam.in_language(candidate.site_hours, language),
        region_name=exam.in_language(region.name, language),
        region_phone=region.phone,
        next_step=_next_step(here),
        may_be_asked=here.shown.word.startswith("waiting."),
    )


def _next_step(here: Standing) -> str:
    if here.request is not None and here.moment < here.due:
        return _("去补充")
    return _("继续上传") if here.shown.word == "collecting" and here.lock is None else ""


def _published(here: Standing) -> Published | None:
    row, language, package = here.own.result, current_language(), here.exam.package
    if row is None or here.shown.result is None:
        return None
    reasons = [package.reason(code) for code in row.reasons]
    hints = dict.fromkeys(hint.words.said_in(language) for one in reasons for hint in one.hints)
    failed = row.word == "failed" and not here.shown.rechecking
    return Published(
        word=row.word,
        at=moment_words(row.visible_from, here.exam.time_zone),
        version=row.version,
        reasons=[one.candidate.said_in(language) for one in reasons],
        hints=list(hints),
        note=row.note,
        materials=_wanting(here) if failed else [],
        rechecking=here.shown.rechecking,
    )


def _wanting(here: Standing) -> list[tuple[str, str]]:
    """By what the last level said of single materials."""
    language, package = current_language(), here.exam.package
    last = here.own.levels - 1
    found = []
    for row in here.own.verdicts:
        if row.level == last and row.kind == Kind.REDO.value:
            said = [package.reason(code).candidate.said_in(language) for code in row.reasons]
            name = package.material(row.material).name.said_in(language)
            found.append((name, "；".join([*said, *([row.note] if row.note else [])])))
    return found


def state_in_a_word(here: Standing) -> str:
    """How far the case is, or what came of it: the title of this page."""
    return _told(here, _published(here))[1]


def _told(here: Standing, published: Published | None) -> tuple[str, str, str]:
    """State, word and sentence."""
    word, exam = here.shown.word, here.exam.title(current_language())
    if published is not None:
        sentences = {
            "passed": _("%(exam)s：您的报名资格审核已通过。", exam=exam),
            "failed": _("%(exam)s：您不符合报名条件。", exam=exam),
            "given_up": _("您已放弃本次报考，没有进行资格审核。"),
            "nothing_handed_in": _("到截止时间没有收到您的材料，没有进行资格审核。"),
        }
        say = sentences[published.word]
        if published.rechecking:
            say = _("这是已公布的结果。%(office)s正在复核，复核后的结果也在这里公布。", office=_region(here))
        return RESULT_KINDS[published.word], _(RESULT_WORDS[published.word]), say
    told = {
        "collecting": ("optional", _("还没有提交"), _("提交审核以后，这里显示审核进度和结果。")),
        "submitted": ("done", _("已提交审核"), _("截止前还可以修改材料。")),
        "supplement": ("needs-action", _("需要补充材料"), _("回到首页，看补充什么、什么时候前补。")),
        "given_up": ("locked", _("已放弃"), _("您已放弃本次报考，不再审核。")),
        "nothing_handed_in": (
            "locked",
            _("未提交材料"),
            _("到截止时间没有收到您的材料。有疑问可以打电话给考点。"),
        ),
    }
    if word in told:
        return told[word]
    title = lock_title(here.lock, here.exam) if here.lock else ""
    return "under-way", title, _("您的材料正在审核，现在不需要您做任何事。")


def _region(here: Standing) -> str:
    return here.exam.in_language(here.exam.region_office.name, current_language())


def _facts(here: Standing) -> list[tuple[str, str]]:
    """The person and what they applied for."""
    fields, record, language = here.exam.package.fields, here.own.record, current_language()
    told = []
    for code in ("name", "id_number", "level", "category"):
        value = record.get(code, "")
        if code in fields and value:
            shown = masked(value) if code == "id_number" else fields[code].value_said_in(language, value)
            told.append((fields[code].names.said_in(language), shown))
    return told
