"""A manager writes a later bell, for a whole phase, for a site or for one case; the clock opens what it had closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from webapp.actions.managing import Ground, Manager, answers_for, is_of_region, refuse_length
from webapp.actions.moving import locked_file
from webapp.actions.recording import case_chain, exam_chain, record
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Case, Phase, SiteBell
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam, with_bells_of_now
from webapp.rules.bells import case_bell, extends
from webapp.rules.places import SETTLED_STAGES, Move, Stage
from webapp.rules.refusals import Refused

SITE_REASON_MOST = 500
"""What :class:`webapp.records.SiteBell` holds."""


async def _refuse_published(exam: OpenExam) -> None:
    if (await Phase.select_for_update().get(id=exam.phase.id)).published_at is not None:
        raise Refused("phase.published")


def _refuse_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason.missing")
    if len(reason) > SITE_REASON_MOST:
        raise Refused("reason.length", most=SITE_REASON_MOST)


def refuse_phase_bell(
    exam: OpenExam, manager: Manager, bell: datetime, reason: str, moment: datetime
) -> None:
    """:class:`Refused` with what :func:`extend_phase` says of it, before anything is locked or written."""
    if not is_of_region(exam, manager):
        raise Refused("publish.not_region")
    _refuse_reason(reason)
    if not extends(bell, exam.window.bell, moment):
        raise Refused("bell.not_later")


@transaction
async def extend_phase(exam: OpenExam, manager: Manager, bell: datetime, reason: str) -> None:
    """The region's manager gives everybody more time: the phase's own bell is a later one from now on.

    The words why stand beside the bell in the region's row of :class:`webapp.records.SiteBell`, where all
    extensions are read; the event holds none. A site's or a case's own later bell stays.

    :class:`Refused`: ``publish.not_region``, ``bell.not_later``, ``reason.missing``, ``reason.length``,
    ``phase.published``.
    """
    refuse_phase_bell(exam, manager, bell, reason, await exam_now())
    await _refuse_published(exam)
    exam, moment = await with_bells_of_now(exam), await exam_now()
    refuse_phase_bell(exam, manager, bell, reason, moment)
    before = exam.window.bell
    await Phase.filter(id=exam.phase.id).update(bell=bell)
    await _write_bell(exam, exam.region_office.id, bell, by=manager, at=moment, reason=reason)
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="phase.extended",
        subject=f"phase:{exam.phase.id}",
        before=before.isoformat(),
        bell=bell.isoformat(),
    )


async def _write_bell(
    exam: OpenExam, office_id: UUID, bell: datetime, *, by: Manager, at: datetime, reason: str
) -> None:
    await SiteBell.create(
        phase_id=exam.phase.id,
        office_id=office_id,
        bell=bell,
        set_by=by.id,
        set_at=at,
        reason=reason,
    )


@transaction
async def extend_site(exam: OpenExam, manager: Manager, office_id: UUID, bell: datetime, reason: str) -> None:
    """The region's manager gives a site more time.

    :class:`Refused`: ``publish.not_region``, ``extend.no_office``, ``bell.not_later``, ``reason.missing``,
    ``reason.length``, ``phase.published``.
    """
    if not is_of_region(exam, manager):
        raise Refused("publish.not_region")
    # For everybody there is a later bell of the phase, shown before it is written.
    if office_id not in {office.id for office in exam.offices} - {exam.region_office.id}:
        raise Refused("extend.no_office")
    _refuse_reason(reason)
    await _refuse_published(exam)
    exam, moment = await with_bells_of_now(exam), await exam_now()
    if not extends(bell, case_bell(exam.window.bell, exam.bell_of_site(office_id)), moment):
        raise Refused("bell.not_later")
    await _write_bell(exam, office_id, bell, by=manager, at=moment, reason=reason)
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="site.extended",
        subject=f"office:{office_id}",
        bell=bell.isoformat(),
    )


@transaction
async def extend_case(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> None:
    """A manager of the site or of the region gives one case, which is not decided or withdrawn yet, more time.

    ``ground.deadline`` is its new bell. :class:`Refused`: ``case.not_found``, ``version.stale``, ``case.settled``,
    ``bell.not_later``, ``reason.missing``, ``reason.length``, ``phase.published``.
    """
    if not ground.reason.strip():
        raise Refused("reason.missing")
    refuse_length(ground.reason)
    if ground.deadline is None:
        raise Refused("bell.not_later")
    await _refuse_published(exam)
    file = await locked_file(exam, case_id)
    answers_for(exam, manager, file.case.site_id)
    if ground.version != file.case.version:
        raise Refused("version.stale")
    if not may_be_extended(file):
        raise Refused("case.settled")
    if not extends(ground.deadline, file.window.bell, await exam_now()):
        raise Refused("bell.not_later")
    await Case.filter(id=case_id).update(bell=ground.deadline)
    await record(
        case_chain(case_id),
        actor=manager.actor,
        what="case.extended",
        subject=f"case:{case_id}",
        bell=ground.deadline.isoformat(),
        reason=len(ground.reason),
    )


def may_be_extended(file: CaseFile) -> bool:
    """Whether a later bell means anything for a case: it is open, or the bell itself withdrew it as 未提交材料."""
    arrival = file.arrival
    nothing_came = file.place.stage is Stage.WITHDRAWN and arrival is not None and arrival.move is Move.CLOSE
    return file.place.stage not in SETTLED_STAGES or nothing_came
