"""A case is read whole, also while it moves."""

from __future__ import annotations

from tests.house import House
from webapp.records import Case
from webapp.records.reading.case_file import read_case
from webapp.records.reading.exams import open_exam
from webapp.rules.places import COLLECTING


async def test_a_request_that_was_closed_meanwhile_makes_the_case_be_read_anew(house: House) -> None:
    candidate = await house.candidate("kaosheng")
    exam, case = await open_exam(), await Case.get(candidate_id=candidate.id)
    assert (await read_case(exam, case)).place == COLLECTING
    case.stage, case.level = "supplement", 0  # as it was read, before somebody closed the request
    file = await read_case(exam, case)
    assert (file.place, file.request) == (COLLECTING, None)
