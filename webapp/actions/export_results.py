"""The list of all published results goes out as a table; that it did, and to whom, is written down first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from webapp.actions.recording import exam_chain, record
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Phase
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.publishing import Listed, count_results, results_in_slices
from webapp.rules.publishing import is_visible
from webapp.rules.refusals import Refused
from webapp.sheets.writing import BYTE_ORDER_MARK, csv_rows

Cells = Callable[[Listed], Sequence[str]]


@transaction
async def note_export(exam: OpenExam, actor: str) -> None:
    """Before the first byte goes out. :class:`Refused` ``phase.not_published``."""
    phase = await Phase.get(id=exam.phase.id)
    if not is_visible(phase.published_at, await exam_now()):
        raise Refused("phase.not_published")
    await record(
        exam_chain(exam.code),
        actor=actor,
        what="results.exported",
        subject=f"phase:{exam.phase.code}",
        results=await count_results(exam),
    )


async def exported(exam: OpenExam, headings: Sequence[str], cells: Cells) -> AsyncIterator[bytes]:
    """The table's bytes, a slice at a time, so that no season's list stands in memory as a whole."""
    yield BYTE_ORDER_MARK + csv_rows([headings])
    async for part in results_in_slices(exam):
        yield csv_rows(cells(row) for row in part)
