"""Publishing a phase: one manager of the region approves, another publishes, and every case gets its Result."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from webapp.actions.managing import Manager, is_of_region
from webapp.actions.recording import exam_chain, record
from webapp.actions.results import write_all_results
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case, CaseMove, Phase, Proposal
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import SETTLED_STAGES, SETTLES_AFTER, TAKEN_BACK
from webapp.rules.publishing import (
    Approval,
    PhaseState,
    Tally,
    approving_refusals,
    publishing_refusals,
    tally,
)
from webapp.rules.refusals import Refused, refuse_first

PUBLISH = "publish"


async def phase_state(exam: OpenExam, exam_moment: datetime, moment: datetime) -> PhaseState:
    """How a phase stands for publishing; inside a transaction with the phase's lock it stays so."""
    rows = await Case.filter(phase_id=exam.phase.id).values("id", "version", "stage")
    settled = {stage.value for stage in SETTLED_STAGES}
    fresh = CaseMove.filter(
        case__phase_id=exam.phase.id,
        undone_at=None,
        move__in=[move.value for move in TAKEN_BACK],
        at__gt=moment - SETTLES_AFTER,
    )
    last = await fresh.order_by("-at").first()
    return PhaseState(
        open_cases=sum(row["stage"] not in settled for row in rows),
        last_decision=last.at if last else None,
        published=await Phase.exists(id=exam.phase.id, published_at__not_isnull=True),
        tally=tally((row["id"], row["version"]) for row in rows),
        now=moment,
        exam_now=exam_moment,
    )


async def open_approval(exam: OpenExam) -> Proposal | None:
    """The approval that waits for its second person."""
    return await Proposal.filter(phase_id=exam.phase.id, act=PUBLISH, ended_at=None).first()


def approval_of(proposal: Proposal) -> Approval:
    """A stored approval as the rules see it."""
    return Approval(proposal.staff_id, proposal.at, Tally(proposal.cases, proposal.digest))


def _refuse_others(exam: OpenExam, manager: Manager) -> None:
    if not is_of_region(exam, manager):
        raise Refused("publish.not_region")


@transaction
async def approve(exam: OpenExam, manager: Manager, digest: str) -> Proposal:
    """The first person's part. ``digest`` is the one on their page: what they saw is what they approve.

    :class:`Refused`: ``publish.not_region``, ``approval.changed``, ``approval.there`` and those of
    :func:`webapp.rules.publishing.approving_refusals`.
    """
    _refuse_others(exam, manager)
    await Phase.select_for_update().get(id=exam.phase.id)
    moment = await exam_now()
    phase = await phase_state(exam, moment, now())
    refuse_first(approving_refusals(phase))
    if phase.tally.digest != digest:
        raise Refused("approval.changed")
    older = await open_approval(exam)
    if older is not None:
        if not publishing_refusals(phase, approval_of(older), UUID(int=0)):
            raise Refused("approval.there")
        await Proposal.filter(id=older.id).update(ended_at=moment, ended_why="voided")
    proposal = await Proposal.create(
        phase_id=exam.phase.id,
        act=PUBLISH,
        staff_id=manager.id,
        at=moment,
        cases=phase.tally.cases,
        digest=phase.tally.digest,
    )
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="phase.approved",
        subject=f"phase:{exam.phase.code}",
        cases=phase.tally.cases,
        digest=phase.tally.digest,
    )
    return proposal


@transaction
async def take_approval_back(exam: OpenExam, manager: Manager) -> None:
    """A manager of the region takes the waiting approval off the table. :class:`Refused` ``approval.missing``."""
    _refuse_others(exam, manager)
    await Phase.select_for_update().get(id=exam.phase.id)
    took = await Proposal.filter(phase_id=exam.phase.id, act=PUBLISH, ended_at=None).update(
        ended_at=await exam_now(), ended_why="taken_back"
    )
    if not took:
        raise Refused("approval.missing")
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="phase.approval_taken_back",
        subject=f"phase:{exam.phase.code}",
    )


@transaction
async def publish(exam: OpenExam, manager: Manager) -> datetime:
    """The second person's act; from the moment returned on every Result can be seen.

    :class:`Refused`: ``publish.not_region`` and those of :func:`webapp.rules.publishing.publishing_refusals`.
    """
    _refuse_others(exam, manager)
    await Phase.select_for_update().get(id=exam.phase.id)
    moment, real = await exam_now(), now()
    phase, proposal = await phase_state(exam, moment, real), await open_approval(exam)
    refuse_first(publishing_refusals(phase, approval_of(proposal) if proposal else None, manager.id))
    if proposal is None:
        raise Refused("approval.missing")
    await Proposal.filter(id=proposal.id).update(ended_at=moment, ended_why="done")
    await Phase.filter(id=exam.phase.id).update(published_at=moment)
    counts = await write_all_results(exam.phase.id, moment, real)
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="phase.published",
        subject=f"phase:{exam.phase.code}",
        approved_by=str(proposal.staff_id),
        cases=phase.tally.cases,
        digest=phase.tally.digest,
        counts=counts,
    )
    return moment
