"""What can be done to one case from the console: each act offered with its form, or with the sentence why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from webapp.actions import account_for
from webapp.actions.extend import extend_case, may_be_extended
from webapp.actions.managing import Ground, Manager, is_of_region
from webapp.clock import now
from webapp.pages.language import _, later
from webapp.pages.moments import local_input, read_local
from webapp.pages.words import refusal_sentence
from webapp.records import Proposal
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.bells import due_in_force
from webapp.rules.places import Move, Stage
from webapp.rules.publishing import correcting_refusals
from webapp.rules.refusals import Refused
from webapp.rules.stages import refusals

Act = Callable[[OpenExam, Manager, UUID, Ground], Awaitable[Proposal | None]]
_FAR = timedelta(days=36_500)


@dataclass(frozen=True)
class Words:
    """An act's name, what it does, its button, and why it is not offered where no row of the table begins here."""

    title: str
    says: str
    not_from_here: str


WORDS = {
    "withdraw": Words(
        later("按放弃处理"),
        later("档案关闭，考生不能再传。公布以前可以恢复。"),
        later("这份档案已经关闭，不用再办。"),
    ),
    "restore": Words(
        later("恢复档案"),
        later("档案回到关闭以前的地方。还在上传或补充的，要写明新的期限。"),
        later("只有已放弃或未提交材料的档案才能恢复。"),
    ),
    "reopen": Words(
        later("重新审核"),
        later("审完的档案回到最后一级，由审核员再审一次。"),
        later("这份档案还没有审完，或已经关闭。"),
    ),
    "extend": Words(
        later("延长截止时间"),
        later("只给这一份延长。到点自动提交、还没有审的，会重新开放上传。"),
        "",
    ),
    "correct": Words(
        later("更正结果"),
        later("公布以后又审过的档案，写下新的一版结果，旧的保留。"),
        "",
    ),
}
DEADLINE_OF = {"restore": "deadline", "extend": "bell"}
"""Acts that name a moment, and their form's field for it."""


async def _withdraw(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> None:
    await account_for.withdraw(exam, manager, case_id, ground)


async def _extend(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> None:
    await extend_case(exam, manager, case_id, ground)


ACTS: dict[str, Act] = {
    "withdraw": _withdraw,
    "restore": account_for.restore,
    "reopen": account_for.reopen,
    "extend": _extend,
    "correct": account_for.propose_correction,
}


@dataclass(frozen=True)
class ActShown:
    """One act; ``refused`` is empty where it is offered. ``moment`` names its field for a moment, if it has one."""

    code: str
    title: str
    says: str
    refused: str
    two_persons: bool
    moment: str = ""
    moment_words: str = ""
    moment_value: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """A form that was refused."""

    act: str
    form: Mapping[str, str]
    problem: str
    where: str


def read_ground(exam: OpenExam, act: str, form: Mapping[str, str]) -> Ground:
    """What a form gives as ground; :class:`Refused` ``version.stale``, ``moment.unreadable``, ``reason.missing``."""
    version = form.get("version", "")
    if not (version.isdecimal() and len(version) < 19):
        raise Refused("version.stale")
    reason = form.get("reason", "").strip()
    if not reason:
        raise Refused("reason.missing")
    moment = read_local(form.get(DEADLINE_OF.get(act, ""), ""), exam.time_zone)
    return Ground(int(version), reason, moment)


def acts_for(
    exam: OpenExam, file: CaseFile, manager: Manager, exam_now: datetime, typed: Typed | None = None
) -> list[ActShown]:
    """All acts, for a manager who answers for the case; first those that are offered."""
    acts = [_shown(exam, file, manager, act, exam_now, typed=typed) for act in ACTS]
    return sorted(acts, key=lambda act: bool(act.refused))


def _shown(
    exam: OpenExam, file: CaseFile, manager: Manager, act: str, exam_now: datetime, *, typed: Typed | None
) -> ActShown:
    words, moment = WORDS[act], _moment(exam, file, act)
    given = typed if typed is not None and typed.act == act else None
    form = given.form if given else {}
    return ActShown(
        act,
        _(words.title),
        _(words.says),
        _why_not(exam, file, manager, act, exam_now),
        file.published and act in {"restore", "reopen", "correct"},
        moment,
        _("新的补充期限") if file.request else _("新的截止时间"),
        form.get(moment, "") or (_suggested(exam, file) if moment else ""),
        form.get("reason", ""),
        {given.where: given.problem} if given and given.where else {},
    )


def _moment(exam: OpenExam, file: CaseFile, act: str) -> str:
    """A case that goes back to a reviewer has no use for a deadline."""
    goes_back = file.arrival.came_from.stage if file.arrival is not None else Stage.COLLECTING
    if act == "restore" and goes_back not in {Stage.COLLECTING, Stage.SUPPLEMENT}:
        return ""
    return DEADLINE_OF.get(act, "")


def _suggested(exam: OpenExam, file: CaseFile) -> str:
    """The deadline that stands, for the manager to move on from."""
    stands = due_in_force(file.request.row.due, file.window.bell) if file.request else file.window.bell
    return local_input(stands, exam.time_zone)


def _why_not(exam: OpenExam, file: CaseFile, manager: Manager, act: str, exam_now: datetime) -> str:
    """The first sentence against an act for whoever would fill its form in rightly; empty: nothing is."""
    code = _refusal_code(exam, file, manager, act, exam_now)
    if code == "move.not_from_here":
        return _(WORDS[act].not_from_here)
    return refusal_sentence(code, {}) if code else ""


def _refusal_code(exam: OpenExam, file: CaseFile, manager: Manager, act: str, exam_now: datetime) -> str:
    if act == "extend":
        return "phase.published" if file.published else "" if may_be_extended(file) else "case.settled"
    if act == "correct":
        why = correcting_refusals(file.place, file.arrival, now(), published=file.published, two_persons=True)
        unchanged = file.result is not None and file.result.move == file.case.arrived_by
        other = "" if is_of_region(exam, manager) else "publish.not_region"
        return next(iter(why), "") or ("result.unchanged" if unchanged else other)
    circumstances = file.circumstances(
        exam_now,
        now(),
        by_person=manager.id,
        version_current=True,
        reason=True,
        two_persons=True,
        deadline_named=exam_now + _FAR,
    )
    mover = manager.mover(exam, file)
    return next(iter(refusals(file.place, Move(act), exam.levels, mover.by, circumstances)), "")
