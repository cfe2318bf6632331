"""A reviewer takes a case in hand, keeps it by working on it, hands it back, or takes it over from a colleague."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from webapp.actions.moving import locked_file
from webapp.actions.recording import case_chain, record
from webapp.actions.reviewing import Reviewer, concluded_levels, lease_of, level_in_review
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.leases import (
    Claim,
    Lease,
    ReviewFrom,
    TakeoverReason,
    claim_refusals,
    is_live,
    new_lease,
    renewed,
)
from webapp.rules.refusals import Refused, refuse_first

REASON_MOST = 500


def lease_length(exam: OpenExam) -> timedelta:
    """How long a claim holds without activity."""
    return timedelta(minutes=exam.package.lease_minutes)


def claim_of(
    exam: OpenExam,
    file: CaseFile,
    reviewer: Reviewer,
    exam_moment: datetime,
    moment: datetime,
    *,
    takeover_reason: bool = False,
) -> Claim:
    """This person's wish to work on the case, as :func:`webapp.rules.leases.claim_refusals` wants it told."""
    return Claim(
        person=reviewer.id,
        place=file.place,
        now=moment,
        exam_now=exam_moment,
        window=file.window,
        review_from=ReviewFrom(exam.review_from),
        lease=lease_of(file),
        verdicts_saved=bool(file.verdicts or file.decisions),
        announcements_open=len(file.open_announcements(exam_moment, moment)),
        incoming_waiting=len(file.waiting),
        concluded=concluded_levels(file, reviewer.id),
        takeover_reason=takeover_reason,
    )


@transaction
async def claim(exam: OpenExam, reviewer: Reviewer, case_id: UUID, *, takeover_reason: str = "") -> Lease:
    """The claim, from now on; claiming what is already one's own renews it.

    Of the reason for taking over its code is kept (:class:`webapp.rules.leases.TakeoverReason`); of one in somebody's
    own words only the length: it may name a person.

    :class:`Refused`: ``reason.length``, ``case.not_found``, ``case.not_your_office`` and the codes of
    :func:`webapp.rules.leases.claim_refusals`.
    """
    if len(takeover_reason) > REASON_MOST:
        raise Refused("reason.length", most=REASON_MOST)
    file = await locked_file(exam, case_id)
    level_in_review(exam, file, reviewer)
    moment, exam_moment = now(), await exam_now()
    lease = lease_of(file)
    why = claim_refusals(
        claim_of(exam, file, reviewer, exam_moment, moment, takeover_reason=bool(takeover_reason.strip()))
    )
    refuse_first(why)
    if lease is not None and lease.holder == reviewer.id:
        return await _keep(file.case.id, renewed(lease, moment, lease_length(exam)), moment)
    fresh = new_lease(reviewer.id, moment, lease_length(exam))
    await _keep(file.case.id, fresh, moment)
    if lease is not None and is_live(lease, moment):
        await record(
            case_chain(case_id),
            actor=reviewer.actor,
            what="case.taken_over",
            subject=f"case:{case_id}",
            level=file.case.level,
            from_holder=str(lease.holder),
            reason=takeover_reason.strip() if takeover_reason.strip() in set(TakeoverReason) else "",
            reason_length=len(takeover_reason.strip()),
        )
    else:
        await record(
            case_chain(case_id),
            actor=reviewer.actor,
            what="case.claimed",
            subject=f"case:{case_id}",
            level=file.case.level,
        )
    return fresh


async def _keep(case_id: UUID, lease: Lease, moment: datetime) -> Lease:
    await Case.filter(id=case_id).update(
        lease_holder=lease.holder, lease_taken_at=lease.taken_at, lease_until=lease.until, claimed_at=moment
    )
    return lease


@transaction
async def renew(exam: OpenExam, reviewer: Reviewer, case_id: UUID) -> bool:
    """Some activity of the holder; False where the case is not in their hands any more."""
    until = now() + lease_length(exam)
    took = await Case.filter(
        id=case_id, phase_id=exam.phase.id, lease_holder=reviewer.id, stage="review"
    ).update(lease_until=until)
    return bool(took)


@transaction
async def release(exam: OpenExam, reviewer: Reviewer, case_id: UUID) -> None:
    """Hands the case back to the queue; nothing where somebody else has it."""
    took = await Case.filter(id=case_id, phase_id=exam.phase.id, lease_holder=reviewer.id).update(
        lease_holder=None, lease_taken_at=None, lease_until=None
    )
    if took:
        await record(
            case_chain(case_id), actor=reviewer.actor, what="case.released", subject=f"case:{case_id}"
        )
