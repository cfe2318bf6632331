"""The whole way of one case by the actions, in chains of one, two and three levels: from nothing to a result."""

from __future__ import annotations

import pytest

from tests.cases.rows import let_ten_seconds_pass
from tests.cases.way import FEW, close_by_bell, load_variant, on_the_way, publish_all
from webapp.records import CaseFlag, CaseMove, Event, Photo, Result
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import PASSED, review, supplement
from webapp.rules.verdicts import Conclusion


@pytest.mark.parametrize("levels", [1, 2, 3])
async def test_a_case_goes_through_every_level_and_is_published(exam: OpenExam, levels: int) -> None:
    await load_variant(levels, materials=FEW)
    way = await on_the_way("zhangsan")
    await way.put("ID.front")
    await close_by_bell()
    assert await way.place() == review(0)
    assert [row.flag for row in await CaseFlag.filter(case_id=way.case_id)] == ["incomplete"]
    for level in range(levels):
        await way.ask(level, "ID.front")
        assert await way.place() == supplement(level)
        old = await Photo.get(case_id=way.case_id, slot="front", removed_at=None)
        await way.put("ID.front", replaces=old.id)
        await way.answer()
        assert await way.place() == review(level)
        assert await CaseFlag.filter(case_id=way.case_id).count() == 0
        await way.claim(level)
        await way.conclude(level, Conclusion.FAILS, note="缺材料")
    await way.take_back(levels - 1)
    await way.conclude(levels - 1, Conclusion.FAILS, note="缺毕业证书")
    await let_ten_seconds_pass(way.case_id)
    assert (await way.case()).round == levels + 1
    await publish_all(way)
    result = await Result.get(case_id=way.case_id)
    assert (result.word, result.note, result.reasons) == ("failed", "缺毕业证书", ["blurred"])
    moves = [row.move for row in await CaseMove.filter(case_id=way.case_id).order_by("number")]
    up = ["ask", "answer", "pass_up"] * (levels - 1)
    assert moves == ["close", *up, "ask", "answer", "fail", "take_back", "fail"]
    told = await Event.filter(chain=f"case:{way.case_id}", what__startswith="case.").order_by("sequence")
    assert [event.what for event in told if event.what != "case.claimed"] == [
        "case.made",
        *(f"case.{move}" for move in moves),
    ]
    assert await all_breaks() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("levels", [1, 2, 3])
async def test_a_case_that_every_level_accepts_passes(exam: OpenExam, levels: int) -> None:
    await load_variant(levels, materials=FEW)
    way = await on_the_way("zhangsan")
    await way.put_required()
    await way.submit()
    await way.past_the_bell()
    for level in range(levels):
        await way.judge(level)
        await way.conclude(level, Conclusion.MEETS)
    assert await way.place() == PASSED
    await publish_all(way)
    assert (await Result.get(case_id=way.case_id)).word == "passed"
