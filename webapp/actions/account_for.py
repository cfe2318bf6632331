"""What managers do to single cases: withdraw, restore, reopen, correct; once published, two persons do it."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.managing import Ground, Manager, answers_for, is_of_region, refuse_length
from webapp.actions.moving import Said, locked_file, make_move
from webapp.actions.recording import case_chain, record
from webapp.actions.results import write_result
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case, Phase, Proposal, Supplement
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.circumstances import Circumstances
from webapp.rules.places import COLLECTING, Move, Stage
from webapp.rules.publishing import APPROVAL_HOLDS, correcting_refusals
from webapp.rules.refusals import Refused, refuse_first
from webapp.rules.stages import NotAllowed, refusals

CORRECT = "correct"


@transaction
async def withdraw(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> None:
    """The region's manager withdraws a case. :class:`Refused` with what the table says."""
    file = await _file(exam, manager, case_id, Move.WITHDRAW, ground)
    await _move(exam, file, manager, Move.WITHDRAW, ground, two_persons=False)


@transaction
async def restore(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> Proposal | None:
    """A withdrawn case goes back to where it was. After publishing this only proposes it, to be confirmed."""
    return await _alone_or_by_two(exam, manager, case_id, Move.RESTORE, ground)


@transaction
async def reopen(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> Proposal | None:
    """A decided case goes back to the last level. After publishing this only proposes it, to be confirmed."""
    return await _alone_or_by_two(exam, manager, case_id, Move.REOPEN, ground)


@transaction
async def propose_correction(exam: OpenExam, manager: Manager, case_id: UUID, ground: Ground) -> Proposal:
    """After publishing: the first person's part of writing the case's next Result, or its first."""
    await Phase.select_for_update().get(id=exam.phase.id)
    file = await _file(exam, manager, case_id, Move.REOPEN, ground)
    if not is_of_region(exam, manager):
        raise Refused("move.not_by_you")
    if ground.version != file.case.version:
        raise Refused("version.stale")
    _refuse_correcting(file)
    return await _propose(exam, file, manager, CORRECT, ground)


@transaction
async def confirm(exam: OpenExam, manager: Manager, proposal_id: UUID) -> None:
    """The second person's part: what was proposed is done.

    :class:`Refused`: ``proposal.gone``, ``persons.one``, ``approval.changed`` (the case has), ``approval.expired``,
    and what stands against the act itself.
    """
    await Phase.select_for_update().get(id=exam.phase.id)
    proposal = await Proposal.get_or_none(id=proposal_id, phase_id=exam.phase.id, ended_at=None)
    if proposal is None or proposal.case_id is None:
        raise Refused("proposal.gone")
    ground = Ground(proposal.case_version, proposal.reason, proposal.deadline)
    file = await _file(exam, manager, proposal.case_id, Move.RESTORE, ground)
    moment = await exam_now()
    if proposal.staff_id == manager.id:
        raise Refused("persons.one")
    if proposal.case_version != file.case.version:
        raise Refused("approval.changed")
    if moment - proposal.at >= APPROVAL_HOLDS:
        raise Refused("approval.expired")
    if proposal.act == CORRECT:
        if not is_of_region(exam, manager):
            raise Refused("move.not_by_you")
        _refuse_correcting(file)
        result = await write_result(file, moment, now())
        await record(
            case_chain(file.case.id),
            actor=manager.actor,
            what="result.corrected",
            subject=f"case:{file.case.id}",
            word=result.word,
            result_version=result.version,
            proposed_by=str(proposal.staff_id),
        )
    else:
        await _move(exam, file, manager, Move(proposal.act), ground, two_persons=True)
    await Proposal.filter(id=proposal.id).update(ended_at=moment, ended_why="done")


@transaction
async def drop_proposal(exam: OpenExam, manager: Manager, proposal_id: UUID) -> None:
    """Whoever proposed it, or another manager who answers for the case, takes a proposal off the table.

    :class:`Refused`: ``proposal.gone``, also where it has just been confirmed; ``case.not_found``.
    """
    await Phase.select_for_update().get(id=exam.phase.id)
    proposal = await Proposal.get_or_none(id=proposal_id, phase_id=exam.phase.id, ended_at=None)
    if proposal is None or proposal.case_id is None:
        raise Refused("proposal.gone")
    answers_for(exam, manager, (await Case.get(id=proposal.case_id)).site_id)
    took = await Proposal.filter(id=proposal_id, ended_at=None).update(
        ended_at=await exam_now(), ended_why="taken_back"
    )
    if not took:
        raise Refused("proposal.gone")
    await record(
        case_chain(proposal.case_id),
        actor=manager.actor,
        what="proposal.dropped",
        subject=f"case:{proposal.case_id}",
        act=proposal.act,
    )


async def _file(exam: OpenExam, manager: Manager, case_id: UUID, move: Move, ground: Ground) -> CaseFile:
    refuse_length(ground.reason)
    file = await locked_file(exam, case_id, move)
    answers_for(exam, manager, file.case.site_id)
    return file


async def _alone_or_by_two(
    exam: OpenExam, manager: Manager, case_id: UUID, move: Move, ground: Ground
) -> Proposal | None:
    file = await _file(exam, manager, case_id, move, ground)
    if not file.published:
        await _move(exam, file, manager, move, ground, two_persons=False)
        return None
    # Everything but the second person must stand already, so that nobody is asked in vain.
    circumstances = await _circumstances(file, manager, ground, two_persons=True)
    why = refusals(file.place, move, exam.levels, manager.mover(exam, file).by, circumstances)
    if why:
        raise NotAllowed(file.place, move, why)
    return await _propose(exam, file, manager, move.value, ground)


async def _propose(exam: OpenExam, file: CaseFile, manager: Manager, act: str, ground: Ground) -> Proposal:
    moment = await exam_now()
    older = Proposal.filter(case_id=file.case.id, ended_at=None)
    await older.update(ended_at=moment, ended_why="replaced")
    proposal = await Proposal.create(
        phase_id=exam.phase.id,
        case_id=file.case.id,
        act=act,
        staff_id=manager.id,
        at=moment,
        case_version=file.case.version,
        reason=ground.reason,
        deadline=ground.deadline,
    )
    await record(
        case_chain(file.case.id),
        actor=manager.actor,
        what="proposal.made",
        subject=f"case:{file.case.id}",
        act=act,
        version=file.case.version,
    )
    return proposal


async def _circumstances(
    file: CaseFile, manager: Manager, ground: Ground, *, two_persons: bool
) -> Circumstances:
    return file.circumstances(
        await exam_now(),
        now(),
        by_person=manager.id,
        version_current=ground.version == file.case.version,
        reason=bool(ground.reason.strip()),
        two_persons=two_persons,
        deadline_named=ground.deadline,
    )


async def _move(
    exam: OpenExam, file: CaseFile, manager: Manager, move: Move, ground: Ground, *, two_persons: bool
) -> None:
    circumstances = await _circumstances(file, manager, ground, two_persons=two_persons)
    mover = manager.mover(exam, file)
    row = await make_move(exam, file, move, mover, circumstances, said=Said(note=ground.reason))
    if move is not Move.RESTORE or ground.deadline is None:
        return
    if row.to_stage == COLLECTING.stage.value:
        # A bell is only ever moved to a later time.
        await Case.filter(id=file.case.id).update(bell=max(ground.deadline, file.window.bell))
    elif row.to_stage == Stage.SUPPLEMENT.value:
        await Supplement.filter(case_id=file.case.id, closed_at=None).update(due=ground.deadline)


def _refuse_correcting(file: CaseFile) -> None:
    refuse_first(
        correcting_refusals(file.place, file.arrival, now(), published=file.published, two_persons=True)
    )
    if file.result is not None and file.result.move == file.case.arrived_by:
        raise Refused("result.unchanged")
