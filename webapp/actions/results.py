"""Writes a case's Result: what is said of it outside, once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from webapp.records import Candidate, Case, CaseMove, Result
from webapp.records.reading.case_file import CaseFile, arrival_of, place_of
from webapp.rules.places import Move, Stage
from webapp.rules.showing import withdrawal_word


def result_of(
    case: Case,
    arrived_by: CaseMove | None,
    registration_number: str,
    version: int,
    visible_from: datetime,
    *,
    failed_by: CaseMove | None,
) -> Result:
    """The Result of a settled case, not yet written. ``failed_by``: its last ``fail``, the words of which are told."""
    stage = place_of(case).stage
    told = failed_by if stage is Stage.FAILED else None
    return Result(
        case_id=case.id,
        version=version,
        word=withdrawal_word(arrival_of(arrived_by)) if stage is Stage.WITHDRAWN else stage.value,
        registration_number=registration_number,
        move=case.arrived_by,
        reasons=told.reasons if told else [],
        note=told.note if told else "",
        visible_from=visible_from,
    )


async def write_result(file: CaseFile, visible_from: datetime, moment: datetime) -> Result:
    """The next version for one case; the phase's lock is held."""
    version = file.result.version + 1 if file.result else 1
    number = (await Candidate.get(id=file.case.candidate_id)).registration_number
    fails = await _last_fails([file.case.id])
    result = result_of(
        file.case, file.arrived_by, number, version, visible_from, failed_by=fails.get(file.case.id)
    )
    result.written_at = moment
    await result.save(force_create=True)
    return result


async def _last_fails(case_ids: Sequence[UUID]) -> dict[UUID, CaseMove]:
    """By case: the ``fail`` that stands. The case may have been withdrawn and restored since."""
    rows = CaseMove.filter(case_id__in=case_ids, move=Move.FAIL.value, undone_at=None)
    return {row.case_id: row for row in await rows.order_by("number")}


SLICE = 500


async def write_all_results(phase_id: UUID, visible_from: datetime, moment: datetime) -> dict[str, int]:
    """The first Result of every case of a phase, all settled; how many of each word. The phase's lock is held."""
    counts: dict[str, int] = {}
    cases = await Case.filter(phase_id=phase_id).order_by("id").prefetch_related("candidate")
    for start in range(0, len(cases), SLICE):
        part = cases[start : start + SLICE]
        ids = [case.arrived_by for case in part if case.arrived_by]
        moves = {row.id: row for row in await CaseMove.filter(id__in=ids)} if ids else {}
        fails = await _last_fails([case.id for case in part])
        results = []
        for case in part:
            arrived_by = moves.get(case.arrived_by) if case.arrived_by else None
            result = result_of(
                case,
                arrived_by,
                case.candidate.registration_number,
                1,
                visible_from,
                failed_by=fails.get(case.id),
            )
            result.written_at = moment
            counts[result.word] = counts.get(result.word, 0) + 1
            results.append(result)
        await Result.bulk_create(results)
    return counts
