"""What managers do to single cases, alone and, once published, by two; and what their acts leave outside."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.cases.rows import let_ten_seconds_pass
from tests.cases.way import Way, exam_time, on_the_way, publish_all
from webapp.actions import account_for
from webapp.actions.extend import extend_case
from webapp.actions.managing import Ground
from webapp.actions.photo_places import raise_version
from webapp.actions.publish import approve, phase_state, publish
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Proposal, Result
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import COLLECTING, FAILED, PASSED, WITHDRAWN, review, supplement
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Conclusion

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def ground(way: Way, reason: str = "家属来电", days: float = 1) -> Ground:
    later = max(await way.bell(), await exam_now()) + timedelta(days=days)
    return Ground((await way.case()).version, reason, later)


@either_will_do
async def test_restoring_never_takes_time_away(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    own = await way.bell() + timedelta(days=5)
    await extend_case(exam, way.manager, way.case_id, Ground((await way.case()).version, "住院", own))
    await way.give_up()
    await exam_time(own - timedelta(days=4))
    earlier = Ground((await way.case()).version, "误操作", own - timedelta(days=4, hours=-1))
    await account_for.restore(exam, way.manager, way.case_id, earlier)
    assert await way.place() == COLLECTING
    assert await way.bell() == own


@either_will_do
async def test_a_case_that_was_withdrawn_when_asked_gets_the_due_time_that_is_named(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(supplement(0))
    asked = await way.file()
    assert asked.request is not None
    await way.give_up()
    await exam_time(asked.request.row.due)
    named = await ground(way)
    await account_for.restore(exam, way.manager, way.case_id, named)
    file = await way.file()
    assert file.request is not None
    assert (file.place, file.case.round) == (supplement(0), asked.case.round)
    assert (file.request.row.id, file.request.row.due) == (asked.request.row.id, named.deadline)


async def test_a_result_tells_the_reviewers_reasons_and_never_a_managers_words(exam: OpenExam) -> None:
    way, other = await on_the_way("zhangsan"), await on_the_way("lisi")
    await way.bring_to(review(1))
    await way.claim(1)
    await way.conclude(1, Conclusion.FAILS, note="试用期不足")
    await account_for.withdraw(exam, way.manager, way.case_id, await ground(way, "本人来电放弃"))
    await account_for.restore(exam, way.manager, way.case_id, await ground(way, "是另一个人"))
    assert await way.place() == FAILED
    await other.give_up()
    await publish_all(way)
    result = await Result.get(case_id=way.case_id)
    assert (result.word, result.reasons, result.note) == ("failed", ["blurred"], "试用期不足")
    assert result.move == (await way.case()).arrived_by
    theirs = await Result.get(case_id=other.case_id)
    assert (theirs.word, theirs.reasons, theirs.note) == ("given_up", [], "")


async def test_publishing_waits_for_every_case_and_counts_what_two_persons_saw(exam: OpenExam) -> None:
    decided, open_one = await on_the_way("zhangsan"), await on_the_way("lisi")
    await decided.bring_to(PASSED)
    manager, other = decided.manager, decided.other_manager

    async def digest() -> str:
        return (await phase_state(exam, await exam_now(), now())).tally.digest

    async def refused_approval(told: str) -> str:
        with pytest.raises(Refused) as fault:
            await approve(exam, manager, told)
        return fault.value.code

    async def refused_publishing(who: object = other) -> str:
        with pytest.raises(Refused) as fault:
            await publish(exam, who)  # type: ignore[arg-type]
        return fault.value.code

    assert await refused_approval(await digest()) == "phase.open_cases"
    before = await digest()
    await open_one.give_up()
    assert await refused_publishing() == "approval.missing"
    assert await refused_approval(before) == "approval.changed"
    await approve(exam, manager, await digest())
    assert await refused_publishing(manager) == "persons.one"
    assert await refused_publishing(decided.site_manager) == "publish.not_region"
    await account_for.restore(exam, manager, open_one.case_id, await ground(open_one))
    assert await refused_publishing() == "phase.open_cases"
    await open_one.give_up()
    assert await refused_publishing() == "approval.changed"
    await approve(exam, other, await digest())
    await exam_time(await exam_now() + timedelta(hours=24))
    assert await refused_publishing(manager) == "approval.expired"
    await approve(exam, manager, await digest())
    await publish(exam, other)
    assert {row.word for row in await Result.all()} == {"passed", "given_up"}
    assert await refused_approval(await digest()) == "phase.published"
    assert await Proposal.filter(ended_at=None).count() == 0
    assert await all_breaks() == []


async def refused_confirming(way: Way, proposal: Proposal, who: object) -> str:
    with pytest.raises(Refused) as fault:
        await account_for.confirm(way.exam, who, proposal.id)  # type: ignore[arg-type]
    return fault.value.code


@pytest.fixture
async def published(exam: OpenExam) -> Way:
    """A case that passed and is published."""
    way = await on_the_way("zhangsan")
    await way.bring_to(PASSED)
    await publish_all(way)
    return way


async def proposed(way: Way) -> Proposal:
    """The region's manager wants it opened again."""
    proposal = await account_for.reopen(way.exam, way.manager, way.case_id, await ground(way))
    assert proposal is not None
    return proposal


async def test_a_published_case_is_opened_again_and_corrected_by_two(published: Way) -> None:
    way = published
    proposal = await proposed(way)
    assert await way.place() == PASSED
    assert await refused_confirming(way, proposal, way.manager) == "persons.one"
    assert await refused_confirming(way, proposal, way.site_manager) == "move.not_by_you"
    await account_for.confirm(way.exam, way.other_manager, proposal.id)
    assert await way.place() == review(1)
    assert await refused_confirming(way, proposal, way.other_manager) == "proposal.gone"
    with pytest.raises(Refused) as early:
        await account_for.propose_correction(way.exam, way.manager, way.case_id, await ground(way))
    assert early.value.code == "case.open"
    await way.claim(1)
    await way.conclude(1, Conclusion.FAILS, note="复核")
    with pytest.raises(Refused) as fresh:
        await account_for.propose_correction(way.exam, way.manager, way.case_id, await ground(way))
    assert fresh.value.code == "decision.unsettled"
    await let_ten_seconds_pass(way.case_id)
    correction = await account_for.propose_correction(way.exam, way.manager, way.case_id, await ground(way))
    await account_for.confirm(way.exam, way.other_manager, correction.id)
    versions = await Result.filter(case_id=way.case_id).order_by("version")
    assert [(row.version, row.word, row.note) for row in versions] == [
        (1, "passed", ""),
        (2, "failed", "复核"),
    ]
    with pytest.raises(Refused) as again:
        await account_for.propose_correction(way.exam, way.manager, way.case_id, await ground(way))
    assert again.value.code == "result.unchanged"
    assert await all_breaks() == []


@either_will_do
async def test_a_proposal_holds_for_a_day_and_for_one_version_of_the_case(published: Way) -> None:
    way = published
    first = await proposed(way)
    second = await proposed(way)
    assert await refused_confirming(way, first, way.other_manager) == "proposal.gone", "the newer one stands"
    await exam_time(await exam_now() + timedelta(hours=24))
    assert await refused_confirming(way, second, way.other_manager) == "approval.expired"
    third = await proposed(way)
    await transaction(raise_version)(await way.case())
    assert await refused_confirming(way, third, way.other_manager) == "approval.changed"
    assert await way.place() == PASSED


@either_will_do
async def test_after_publishing_nobody_alone_moves_a_case(published: Way) -> None:
    way = published
    for who, act in ((way.manager, account_for.withdraw), (way.site_manager, account_for.reopen)):
        with pytest.raises(Refused):
            await act(way.exam, who, way.case_id, await ground(way))
    with pytest.raises(Refused) as gone:
        await way.give_up()
    assert gone.value.code == "phase.published"
    assert await way.place() == PASSED
    assert await Proposal.filter(ended_at=None).count() == 0


async def test_a_proposal_is_confirmed_or_dropped_and_never_both(published: Way) -> None:
    way = published
    for _ in range(3):
        before = await way.place()
        proposal = await proposed(way)
        done = await asyncio.gather(
            account_for.confirm(way.exam, way.other_manager, proposal.id),
            account_for.drop_proposal(way.exam, way.manager, proposal.id),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in done) == ["NoneType", "Refused"]
        row = await Proposal.get(id=proposal.id)
        confirmed = done[0] is None
        assert row.ended_why == ("done" if confirmed else "taken_back")
        assert (await way.place() != before) is confirmed
        if confirmed:
            return


@either_will_do
async def test_a_site_restores_alone_only_what_was_never_handed_in(exam: OpenExam) -> None:
    empty, given_up = await on_the_way("zhangsan"), await on_the_way("lisi")
    await given_up.give_up()
    await empty.past_the_bell()
    await empty.close()
    assert await empty.place() == await given_up.place() == WITHDRAWN
    with pytest.raises(Refused) as fault:
        await account_for.restore(exam, given_up.site_manager, given_up.case_id, await ground(given_up))
    assert fault.value.code == "withdrawn.not_by_close"
    await account_for.restore(exam, empty.site_manager, empty.case_id, await ground(empty))
    assert await empty.place() == COLLECTING
    stranger = await on_the_way("wangwu", "1202")
    with pytest.raises(Refused) as unknown:
        await account_for.restore(exam, stranger.site_manager, given_up.case_id, await ground(given_up))
    assert unknown.value.code == "case.not_found"
