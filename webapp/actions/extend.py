"""A manager writes a later bell, for all cases of a site or for one case. The clock then opens what it had closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from webapp.actions.managing import Manager, answers_for, is_of_region, refuse_length
from webapp.actions.moving import locked_file
from webapp.actions.recording import case_chain, exam_chain, record
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Case, Phase, SiteBell
from webapp.records.reading.exams import OpenExam, with_bells_of_now
from webapp.rules.bells import case_bell, extends
from webapp.rules.refusals import Refused

SITE_REASON_MOST = 500
"""What :class:`webapp.records.SiteBell` holds."""


async def _refuse_published(exam: OpenExam) -> None:
    if (await Phase.select_for_update().get(id=exam.phase.id)).published_at is not None:
        raise Refused("phase.published")


@transaction
async def extend_site(exam: OpenExam, manager: Manager, office_id: UUID, bell: datetime, reason: str) -> None:
    """The region's manager gives a site more time.

    :class:`Refused`: ``publish.not_region``, ``extend.no_office``, ``bell.not_later``, ``reason.missing``,
    ``reason.length``, ``phase.published``.
    """
    if not is_of_region(exam, manager):
        raise Refused("publish.not_region")
    if office_id not in {office.id for office in exam.offices}:
        raise Refused("extend.no_office")
    if not reason.strip():
        raise Refused("reason.missing")
    if len(reason) > SITE_REASON_MOST:
        raise Refused("reason.length", most=SITE_REASON_MOST)
    await _refuse_published(exam)
    exam, moment = await with_bells_of_now(exam), await exam_now()
    if not extends(bell, case_bell(exam.window.bell, exam.bell_of_site(office_id)), moment):
        raise Refused("bell.not_later")
    await SiteBell.create(
        phase_id=exam.phase.id,
        office_id=office_id,
        bell=bell,
        set_by=manager.id,
        set_at=moment,
        reason=reason,
    )
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="site.extended",
        subject=f"office:{office_id}",
        bell=bell.isoformat(),
    )


@transaction
async def extend_case(exam: OpenExam, manager: Manager, case_id: UUID, bell: datetime, reason: str) -> None:
    """A manager of the site or of the region gives one case more time.

    :class:`Refused`: ``case.not_found``, ``bell.not_later``, ``reason.missing``, ``reason.length``,
    ``phase.published``.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    refuse_length(reason)
    await _refuse_published(exam)
    file = await locked_file(exam, case_id)
    answers_for(exam, manager, file.case.site_id)
    if not extends(bell, file.window.bell, await exam_now()):
        raise Refused("bell.not_later")
    await Case.filter(id=case_id).update(bell=bell)
    await record(
        case_chain(case_id),
        actor=manager.actor,
        what="case.extended",
        subject=f"case:{case_id}",
        bell=bell.isoformat(),
        reason=len(reason),
    )
