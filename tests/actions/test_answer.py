"""How a request is answered: by what came since it was made, in photos, in words, or in the record."""

from __future__ import annotations

import pytest

from tests.cases.rows import let_ten_seconds_pass
from tests.cases.way import Way, exam_time, load_variant, on_the_way
from tests.registrations import sample_record
from webapp.actions.answer import say_about
from webapp.actions.cancel_ask import cancel_ask
from webapp.actions.claim import claim
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.remove_photo import remove_photo, revive_photo
from webapp.actions.take_registrations import take_registrations
from webapp.records import Case, CaseFlag, Photo, Registration, Supplement
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import COLLECTING, review, supplement
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Conclusion

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def photo_in(way: Way, slot: str = "front") -> Photo:
    return await Photo.get(case_id=way.case_id, slot=slot, removed_at=None)


async def refused_answer(way: Way) -> str:
    with pytest.raises(Refused) as fault:
        await way.answer()
    return fault.value.code


async def items(way: Way) -> list[object]:
    file = await way.file()
    assert file.request is not None
    return [item.id for item in file.request.items]


async def test_only_a_photo_that_came_since_the_asking_answers(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(supplement(0))
    old = await photo_in(way)
    await remove_photo(exam, way.candidate.id, old.id)
    await revive_photo(exam, way.candidate.id, old.id)
    assert await refused_answer(way) == "answer.missing", "the same photo again is no answer"
    new = await way.put("ID.front", replaces=old.id)
    assert len((await way.file()).unanswered) == 0
    await remove_photo(exam, way.candidate.id, new)
    await revive_photo(exam, way.candidate.id, old.id)
    assert await refused_answer(way) == "answer.missing", "the new one is gone again"
    await remove_photo(exam, way.candidate.id, old.id)
    await revive_photo(exam, way.candidate.id, new)
    await way.answer()
    assert await way.place() == review(0)
    request = await Supplement.get(case_id=way.case_id)
    assert (request.outcome, request.closed_at is None) == ("answered", False)


async def test_a_written_word_answers_until_it_is_taken_back(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    await way.want_again(0)
    await way.conclude(0, Conclusion.ASKS, fields={"school": "与毕业证不一致"})
    (slot, field), version = await items(way), (await way.case()).version
    with pytest.raises(Refused) as early:
        await say_about(exam, way.candidate.id, slot, "拍不了")  # type: ignore[arg-type]
    assert early.value.code == "locked.in_review", "nothing shows for ten seconds"
    await let_ten_seconds_pass(way.case_id)
    await say_about(exam, way.candidate.id, slot, "证件已换发")  # type: ignore[arg-type]
    await say_about(exam, way.candidate.id, field, "学校已更名")  # type: ignore[arg-type]
    assert (await way.case()).version == version + 2
    await say_about(exam, way.candidate.id, field, "  ")  # type: ignore[arg-type]
    assert await refused_answer(way) == "answer.missing"
    record = sample_record(1, "zhangsan", school="新示例医科大学")
    record["registration_number"] = way.candidate.registration_number
    record["id_number"] = way.candidate.id_number
    assert (await Registration.get(candidate_id=way.candidate.id)).record["school"] == "示例医科大学"
    await take_registrations(exam, [record], by="operator")
    await way.answer()
    assert await way.place() == review(0)


async def test_what_expires_half_answered_says_so_until_the_next_handing_in(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    await way.want_again(0, "ID.front")
    await way.want_again(0, "DIPLOMA.")
    await way.conclude(0, Conclusion.ASKS)
    await let_ten_seconds_pass(way.case_id)
    await way.put("ID.front", replaces=(await photo_in(way)).id)
    await exam_time((await Supplement.get(case_id=way.case_id)).due)
    assert await cases_fall_due() == 1
    assert [row.flag for row in await CaseFlag.filter(case_id=way.case_id)] == ["answered_in_part"]
    assert (await Supplement.get(case_id=way.case_id)).outcome == "in_part"
    await way.ask(0, "ID.back")
    assert [row.flag for row in await CaseFlag.filter(case_id=way.case_id)] == ["answered_in_part"]
    request = await Supplement.get(case_id=way.case_id, closed_at=None)
    assert request.round == 2
    await way.put("ID.back", replaces=(await photo_in(way, "back")).id)
    asked = (await way.file()).unanswered
    assert [getattr(one, "material", "") for one in asked] == ["DIPLOMA"], "it was asked for again"
    await way.put("DIPLOMA.page", replaces=(await Photo.get(material="DIPLOMA", removed_at=None)).id)
    await way.answer()
    assert await CaseFlag.filter(case_id=way.case_id).count() == 0


async def test_each_asking_begins_a_round_and_taking_it_back_ends_it(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    await way.want_again(0)
    await way.conclude(0, Conclusion.ASKS)
    assert (await way.case()).round == 2
    await way.take_back(0)
    assert (await way.case()).round == 1
    assert (await Supplement.get(case_id=way.case_id)).outcome == "taken_back"
    await way.conclude(0, Conclusion.ASKS)
    await let_ten_seconds_pass(way.case_id)
    assert (await way.file()).unanswered, "what was there when it was asked is no answer"
    await way.put("ID.front", replaces=(await photo_in(way)).id)
    assert not (await way.file()).unanswered
    case, one = await way.case(), way.reviewers[0]
    await cancel_ask(exam, one.id, one.offices, way.case_id, case.version)
    assert [(row.outcome, row.round) for row in await Supplement.all().order_by("asked_at")] == [
        ("taken_back", 1),
        ("cancelled", 1),
    ]
    await way.ask(0)
    assert (await way.case()).round == 3
    assert (await way.file()).unanswered, "the photo of the round before was there already"


async def test_where_review_starts_with_handing_in_a_recall_ends_a_claim(exam: OpenExam) -> None:
    exam = await load_variant(review_from="submit", materials=("ID", "DIPLOMA", "OTHER"))
    way = await on_the_way("zhangsan")
    await way.put_required()
    await way.submit()
    await way.claim(0)
    await way.recall()
    assert await way.place() == COLLECTING
    assert (await Case.get(id=way.case_id)).lease_holder is None
    await way.submit()
    await way.ask(0)
    await way.put("ID.front", replaces=(await photo_in(way)).id)
    await way.answer()
    with pytest.raises(Refused) as later:
        await way.recall()
    assert later.value.code == "round.later"
    await claim(exam, way.colleagues[0], way.case_id)


async def test_in_a_request_only_what_was_asked_for_changes_and_all_else_while_the_window_is_open(
    exam: OpenExam,
) -> None:
    exam = await load_variant(review_from="submit", materials=("ID", "DIPLOMA", "OTHER"))
    way = await on_the_way("zhangsan")
    await way.put_required()
    await way.submit()
    await way.ask(0)
    await way.put("OTHER.page")
    with pytest.raises(Refused) as accepted:
        await way.put("ID.back", replaces=(await photo_in(way, "back")).id)
    assert accepted.value.code == "locked.accepted"
    await exam_time(await way.bell())
    with pytest.raises(Refused) as shut:
        await way.put("OTHER.page")
    assert shut.value.code == "locked.window.closed"
    await way.put("ID.front", replaces=(await photo_in(way)).id)
    await way.answer()
    assert exam.review_from == "submit"
