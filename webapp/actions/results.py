"""Writes a case's Result: what is said of it outside, once and for all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from webapp.records import Candidate, Case, CaseMove, Result
from webapp.records.reading.case_file import CaseFile, arrival_of, place_of
from webapp.rules.places import Stage
from webapp.rules.showing import withdrawal_word


def result_of(
    case: Case, arrived_by: CaseMove | None, registration_number: str, version: int, visible_from: datetime
) -> Result:
    """The Result of a settled case, not yet written."""
    stage = place_of(case).stage
    told = arrived_by if stage is Stage.FAILED else None
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
    result = result_of(file.case, file.arrived_by, number, version, visible_from)
    result.written_at = moment
    await result.save(force_create=True)
    return result


SLICE = 500


async def write_all_results(phase_id: UUID, visible_from: datetime, moment: datetime) -> dict[str, int]:
    """The first Result of every case of a phase, all settled; how many of each word. The phase's lock is held."""
    counts: dict[str, int] = {}
    cases = await Case.filter(phase_id=phase_id).order_by("id").prefetch_related("candidate")
    for start in range(0, len(cases), SLICE):
        part = cases[start : start + SLICE]
        ids = [case.arrived_by for case in part if case.arrived_by]
        moves = {row.id: row for row in await CaseMove.filter(id__in=ids)} if ids else {}
        results = []
        for case in part:
            arrived_by = moves.get(case.arrived_by) if case.arrived_by else None
            result = result_of(case, arrived_by, case.candidate.registration_number, 1, visible_from)
            result.written_at = moment
            counts[result.word] = counts.get(result.word, 0) + 1
            results.append(result)
        await Result.bulk_create(results)
    return counts
