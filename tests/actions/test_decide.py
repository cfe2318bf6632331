"""A reviewer's conclusion: what it rests on, and what a request writes down."""

from __future__ import annotations

import pytest

from tests.cases.rows import let_ten_seconds_pass, seen_all
from tests.cases.way import Way, on_the_way, verdict
from webapp.actions.claim import claim
from webapp.records import AskedItem, Case, Supplement, Verdict
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import PASSED, review, supplement
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Conclusion, Kind

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def refused(way: Way, level: int, conclusion: Conclusion, **others: object) -> str:
    with pytest.raises(Refused) as fault:
        await way.conclude(level, conclusion, **others)
    return fault.value.code


async def test_nobody_says_that_a_case_meets_the_conditions_without_having_looked_at_it(
    exam: OpenExam,
) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.judge(0)
    colleague = way.colleagues[0]
    await claim(exam, colleague, way.case_id, takeover_reason="换班")
    assert await refused(way, 0, Conclusion.MEETS, reviewer=colleague) == "verdict.unseen"
    assert await refused(way, 0, Conclusion.MEETS) == "lease.not_yours", "the table speaks first"
    await seen_all(way.case_id, colleague.id)
    await way.conclude(0, Conclusion.MEETS, reviewer=colleague)
    assert await way.place() == review(1)


async def test_a_word_about_a_field_of_the_record_has_room_for_five_hundred_letters(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    long = {"school": "长" * 501}
    assert await refused(way, 0, Conclusion.ASKS, fields=long) == "decision.note_length"
    await way.conclude(0, Conclusion.ASKS, fields={"school": "长" * 500})
    assert (await AskedItem.get()).note == "长" * 500


async def test_a_request_asks_for_all_that_its_level_wants_again_and_for_nothing_else(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(1))
    assert await Verdict.all().count() == 0
    await way.claim(1)
    await way.want_again(1, "ID.back")
    await way.want_again(1, "DIPLOMA.")
    await verdict(way.case_id, way.reviewers[1], "DIPLOMA", Kind.ACCEPTED)
    await way.conclude(1, Conclusion.ASKS, fields={"school": "与毕业证不一致"})
    assert await way.place() == supplement(1)
    request = await Supplement.get(case_id=way.case_id)
    assert (request.level, request.round, request.staff_id) == (1, 1, way.reviewers[1].id)
    assert request.office_id == exam.region_office.id
    items = await AskedItem.filter(supplement_id=request.id).order_by("number")
    assert [(item.material, item.slot, item.field) for item in items] == [
        ("ID", "back", ""),
        ("", "", "school"),
    ]
    assert items[0].reasons == ["blurred"]
    assert items[1].value_then == "示例医科大学"


async def test_what_another_level_wanted_again_is_not_asked_for(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    await way.want_again(0, "ID.front")
    await way.conclude(0, Conclusion.FAILS)
    await way.claim(1)
    assert await refused(way, 1, Conclusion.ASKS) == "ask.empty"
    await way.judge(1)
    await way.conclude(1, Conclusion.MEETS)
    assert await way.place() == PASSED


async def test_a_new_photo_makes_what_every_level_said_of_its_material_history(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.judge(0)
    await way.conclude(0, Conclusion.MEETS)
    await way.ask(1, "ID.front")
    (old,) = [one.photo.id for one in (await way.file()).photos if one.photo.slot == "front"]
    await way.put("ID.front", replaces=old)
    standing = await Verdict.filter(case_id=way.case_id, ended_at=None)
    assert {row.material for row in standing} == {"DIPLOMA"}
    ended = await Verdict.filter(case_id=way.case_id, material="ID")
    assert {(row.level, row.ended_why) for row in ended} == {(0, "changed"), (1, "changed")}
    await way.answer()
    await way.claim(1)
    assert await refused(way, 1, Conclusion.MEETS) == "conclusion.lacks_verdicts"
    await way.judge(1)
    await way.conclude(1, Conclusion.MEETS)


async def test_who_has_concluded_at_one_level_concludes_at_no_other_in_any_round(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    everywhere = way.reviewers[0]
    both = type(everywhere)(everywhere.id, everywhere.offices | way.reviewers[1].offices)
    way.reviewers = (both, both)
    await way.bring_to(review(0))
    await way.ask(0)
    await way.put("ID.front", replaces=(await way.file()).photos[0].photo.id)
    await way.answer()
    way.reviewers = (way.colleagues[0], both)
    await way.claim(0)
    await way.conclude(0, Conclusion.FAILS)
    with pytest.raises(Refused) as fault:
        await way.claim(1)
    assert fault.value.code == "concluded.elsewhere"
    way.reviewers = (way.colleagues[0], way.colleagues[1])
    await way.claim(1)


async def test_a_decision_that_was_taken_back_is_no_conclusion(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.judge(0)
    await way.conclude(0, Conclusion.MEETS)
    assert (await way.file()).decisions
    await way.take_back(0)
    assert not (await way.file()).decisions
    case = await Case.get(id=way.case_id)
    assert case.lease_holder == way.reviewers[0].id
    await way.conclude(0, Conclusion.MEETS)
    await let_ten_seconds_pass(way.case_id)
    with pytest.raises(Refused):
        await way.take_back(0)
