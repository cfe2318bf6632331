"""Where cases stand, how they came there and what is marked on them, in the words of those who answer for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.guard.sessions import SignedIn
from webapp.pages.chrome import answers_for_exam
from webapp.pages.language import _, later
from webapp.records.exam import Office
from webapp.records.reading.exams import OpenExam
from webapp.rules.offices import within
from webapp.rules.places import Move, Place, Stage
from webapp.rules.publishing import is_visible

DECIDED = frozenset({Stage.PASSED, Stage.FAILED})
WORDS = {
    "passed": later("审核通过"),
    "failed": later("审核不通过"),
    "given_up": later("已放弃"),
    "nothing_handed_in": later("未提交材料"),
}
"""Of results, and of where a case stands where that is one of them."""
MOVES = {
    Move.SUBMIT: later("提交审核"),
    Move.RECALL: later("取回修改"),
    Move.CLOSE: later("到截止时间自动提交"),
    Move.UNCLOSE: later("延长后重新开放上传"),
    Move.PASS_UP: later("报上一级审核"),
    Move.RETURN_DOWN: later("退回前一级审核"),
    Move.ASK: later("要求补充材料"),
    Move.ANSWER: later("提交补充材料"),
    Move.EXPIRE: later("补充期限到"),
    Move.CANCEL_ASK: later("撤销补充要求"),
    Move.PASS: later("审核通过"),
    Move.FAIL: later("审核不通过"),
    Move.TAKE_BACK: later("撤回审核意见"),
    Move.REOPEN: later("重新审核"),
    Move.WITHDRAW: later("放弃或取消"),
    Move.RESTORE: later("恢复档案"),
}
ACTORS = {"clock": later("系统时钟"), "operator": later("运维命令"), "import": later("报名系统")}
_SHAPES = {
    "passed": "done",
    "failed": "problem",
    "given_up": "locked",
    "nothing_handed_in": "locked",
}


@dataclass(frozen=True)
class Stands:
    """A place in words, with the shape that goes with it (see ``pieces/state.html``)."""

    shape: str
    words: str


def own_sites(exam: OpenExam, person: SignedIn) -> tuple[Office, ...]:
    """The sites that a manager or auditor answers for: those at or below their offices."""
    roots = {office.id for role in ("manager", "auditor") for office in person.offices(role)}
    return tuple(site for site in exam.sites if within(site.id, roots, exam.parents))


def knows_outcomes(exam: OpenExam, person: SignedIn, published: bool) -> bool:
    """Whether somebody may tell passed from failed: before publishing only those who answer for the whole exam."""
    return published or answers_for_exam(person, exam)


def level_name(exam: OpenExam, level: int, language: str) -> str:
    """Who reviews at a level: 考点, 考区."""
    return exam.office_kind(exam.package.levels[level].office_kind, language)


def stands(
    exam: OpenExam,
    place: Place,
    withdrawal: str,
    language: str,
    *,
    held: bool = False,
    outcomes: bool = False,
) -> Stands:
    """``withdrawal`` names what kind of withdrawn it is; without ``outcomes`` a decided case is only decided."""
    if place.stage is Stage.WITHDRAWN:
        return Stands(_SHAPES[withdrawal], _(WORDS[withdrawal]))
    if place.stage in DECIDED:
        word = place.stage.value
        return Stands(_SHAPES[word], _(WORDS[word])) if outcomes else Stands("done", _("已审完"))
    if place.level is None:
        return Stands("under-way", _("上传中"))
    kind = level_name(exam, place.level, language)
    if place.stage is Stage.SUPPLEMENT:
        return Stands("under-way", _("补充中，%(kind)s要求", kind=kind))
    if held:
        return Stands("under-way", _("%(kind)s在审", kind=kind))
    return Stands("under-way", _("等待%(kind)s审核", kind=kind))


def actor_words(names: dict[str, str], actor: str) -> str:
    """Who did something, by name where it is a person."""
    return names.get(actor) or _(ACTORS.get(actor, actor))


def is_published(exam: OpenExam, moment: datetime) -> bool:
    """Whether the phase's results can be seen."""
    return is_visible(exam.phase.published_at, moment)
