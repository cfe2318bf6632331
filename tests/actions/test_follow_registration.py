"""A registration that changes: 重新报考, 取消, another site, another list. The case follows, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from tests.house import House
from tests.registrations import id_number, sample_record
from webapp.actions.decide import take_back
from webapp.actions.hand_in import give_up, recall
from webapp.actions.load_exam import load_exam
from webapp.actions.reviewing import Reviewer
from webapp.actions.take_registrations import Taken, take_registrations
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.exams import load_package
from webapp.records import (
    Announcement,
    AskedItem,
    Candidate,
    Case,
    CaseFlag,
    CaseMove,
    Declaration,
    Event,
    Office,
    Phase,
    Photo,
    PhotoVersion,
    Registration,
    SiteBell,
    Staff,
    Supplement,
    Verdict,
)
from webapp.records.reading.case_file import read_case, record_of
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.refusals import Refused
from webapp.rules.taking import Effect, Fate

EARLY, LATER = "2020-01-10 08:00:00", "2020-01-11 08:00:00"
Row = dict[str, str]


def registrations_of(person: int) -> tuple[Row, Row, Row]:
    """Somebody's old registration, the same cancelled, and the new one."""
    old = sample_record(person, f"old{person}", registered_at=EARLY)
    new = sample_record(
        100 + person, f"new{person}", "1201", id_number=id_number(person), registered_at=LATER
    )
    return old, {**old, "status": "取消"}, new


async def take(*records: Row) -> Taken:
    return await take_registrations(await open_exam(), records, by="operator")


async def case_of(row: Row) -> Case:
    return await Case.get(candidate__id_number=row["id_number"])


async def flags(case: Case) -> set[str]:
    return {flag.flag for flag in await CaseFlag.filter(case_id=case.id)}


@transaction
async def put(case: Case, stage: str, level: int | None = None) -> None:
    """As if it had come there."""
    await Case.filter(id=case.id).update(stage=stage, level=level)


@transaction
async def uploaded(case: Case, material: str = "ID", slot: str = "front") -> UUID:
    photo = await Photo.create(
        id=uuid4(), case_id=case.id, material=material, slot=slot, sha256="0" * 64, size=1, received_at=now()
    )
    await PhotoVersion.create(
        photo_id=photo.id, number=1, shelf_key=f"s{photo.id}"[:32], preview_key=f"p{photo.id}"[:32], size=1,
        width=1, height=1, media_type="image/jpeg", sha256="0" * 64, facts={}, made_at=now(),
    )  # fmt: skip
    return photo.id


@transaction
async def publish_by_hand() -> None:
    """As far as an import asks."""
    await Phase.all().update(published_at=now())


async def test_a_new_registration_takes_account_case_and_photos_over(house: House) -> None:
    old, _, new = registrations_of(1)
    await take(old)
    case = await case_of(old)
    photo = await uploaded(case)
    taken = await take(new)
    assert [outcome.effects for outcome in taken.outcomes] == [(Effect.TAKEN_OVER,)]
    zhang = await Candidate.get()
    assert (zhang.registration_number, zhang.user_name) == (new["registration_number"], "new1")
    after = await Case.get()
    assert (after.id, after.version) == (case.id, case.version + 1)
    file = await read_case(await open_exam(), after)
    assert file.record == new
    assert [one.photo.id for one in file.photos] == [photo]
    assert {row.number: row.record for row in await Registration.all()} == {
        old["registration_number"]: old,
        new["registration_number"]: new,
    }
    late = await take({**old, "name": "测试乙"})
    assert (late.superseded, late.changed) == (1, 0)
    assert (await Candidate.get()).name == "测试甲"
    assert await record_of(zhang.exam_id, zhang.id) == new, "what was told last is not what holds"
    assert (await Case.get()).version == after.version
    assert (await take(new)).same == 1


async def test_the_order_of_rows_and_files_changes_nothing(house: House) -> None:
    for separate in (False, True):
        for serial, order in enumerate(permutations(range(3)), start=10 if separate else 1):
            rows = registrations_of(serial)
            files: Sequence[tuple[int, ...]] = [(one,) for one in order] if separate else [order]
            for file in files:
                await take(*(rows[one] for one in file))
            candidate = await Candidate.get(id_number=id_number(serial))
            case = await Case.get(candidate_id=candidate.id)
            assert (candidate.user_name, case.stage) == (f"new{serial}", "collecting"), order
            assert await record_of(candidate.exam_id, candidate.id) == rows[2]
    assert await Candidate.all().count() == await Case.all().count() == 12
    assert await all_breaks() == []


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ({"registered_at": LATER}, {"registered_at": EARLY}, "first"),
        ({"registered_at": EARLY}, {"registered_at": LATER}, "second"),
        ({"registered_at": ""}, {"registered_at": LATER, "status": "取消"}, "first"),
        ({"status": "取消"}, {}, "second"),
        ({"registered_at": ""}, {"registered_at": EARLY}, "second"),
        ({}, {"registered_at": LATER, "status": "放弃"}, "first"),
    ],
)
async def test_the_newer_registration_holds_or_the_one_that_was_not_cancelled_or_the_later_row(
    house: House, first: Row, second: Row, holds: str
) -> None:
    await take(
        {**sample_record(1, "first"), **first},
        {**sample_record(2, "second", id_number=id_number(1)), **second},
    )
    assert (await Candidate.get()).user_name == holds
    assert (await Case.get()).stage == "collecting"


async def test_a_number_of_one_person_and_a_document_of_another_fail(house: House) -> None:
    await take(sample_record(1, "zhang"), sample_record(2, "li"))
    taken = await take(sample_record(1, "zhang", id_number=id_number(2)))
    assert taken.failed == [(sample_record(1, "zhang")["registration_number"], "person_known")]


async def test_a_cancelled_registration_of_nobody_makes_neither_account_nor_case(house: House) -> None:
    taken = await take(sample_record(1, "zhang", status="放弃"))
    assert taken.outcomes[0].fate is Fate.CANCELLED
    assert await Candidate.all().count() == await Case.all().count() == await Registration.all().count() == 0
    assert (await take(sample_record(1, "zhang"))).added == 1


async def test_cancelling_withdraws_the_case_and_the_same_registration_again_restores_it(
    house: House,
) -> None:
    old, cancelled, _ = registrations_of(1)
    await take(old)
    case = await case_of(old)
    await put(case, "review", 1)
    moment = await exam_now()
    announced = await announce(case)
    assert (await take(cancelled)).outcomes[0].effects == (Effect.WITHDRAWN,)
    gone = await case_of(old)
    assert (gone.stage, gone.level) == ("withdrawn", None)
    assert (await Announcement.get(id=announced)).ended_at is not None
    assert (await take(old)).outcomes[0].effects == (Effect.RESTORED,)
    back = await case_of(old)
    assert (back.stage, back.level) == ("review", 1)
    assert back.version > gone.version > case.version
    assert (await Announcement.get(id=announced)).ended_at is None, "what was on its way still is"
    moves = await CaseMove.filter(case_id=case.id).order_by("number")
    assert [(move.move, move.by, move.exam_at >= moment) for move in moves] == [
        ("withdraw", "import", True),
        ("restore", "import", True),
    ]
    told = await Event.filter(what="registration.changed").order_by("sequence")
    assert [event.facts["effects"] for event in told] == [["withdrawn"], ["restored"]]


@transaction
async def announce(case: Case) -> UUID:
    told = await Announcement.create(
        id=uuid4(), case_id=case.id, material="ID", slot="front", chosen_size=1, chosen_sha256="0" * 64,
        announced_at=await exam_now(),
    )  # fmt: skip
    return told.id


async def test_a_case_that_its_candidate_gave_up_stays_so_whatever_the_import_says(house: House) -> None:
    old, cancelled, new = registrations_of(1)
    await take(old)
    await give_up(await open_exam(), (await Candidate.get()).id)
    for row in (cancelled, new):
        (outcome,) = (await take(row)).outcomes
        assert not {Effect.WITHDRAWN, Effect.RESTORED} & set(outcome.effects)
    assert (await case_of(old)).stage == "withdrawn"


async def test_after_publishing_a_cancellation_only_flags(house: House) -> None:
    old, cancelled, _ = registrations_of(1)
    await take(old)
    case = await case_of(old)
    await put(case, "passed")
    await publish_by_hand()
    assert (await take(cancelled)).outcomes[0].effects == (Effect.CANCELLED_LATER,)
    assert ((await case_of(old)).stage, await flags(case)) == ("passed", {"cancelled_later"})
    await take(old)
    assert await flags(case) == set()


@transaction
async def somebody() -> Staff:
    """A member of staff."""
    return await Staff.create(id=uuid4(), name="审核员", user_name="shenhe", user_name_key="shenhe")


@transaction
async def worked_on(case: Case, level: int) -> None:
    """A claim, a verdict and an open request of that level."""
    staff = await somebody()
    await Case.filter(id=case.id).update(
        lease_holder=staff.id, lease_taken_at=now(), lease_until=now() + timedelta(minutes=15), round=2
    )
    await Verdict.create(
        case_id=case.id, material="ID", level=level, round=1, kind="accepted", slots=[], reasons=[],
        staff_id=staff.id, at=now(),
    )  # fmt: skip
    request = await Supplement.create(
        case_id=case.id, level=level, office_id=case.site_id, round=1, staff_id=staff.id, asked_at=now(),
        due=now() + timedelta(days=5),
    )  # fmt: skip
    await AskedItem.create(
        supplement_id=request.id, number=1, field="major", value_then="临床医学", reasons=[]
    )


@pytest.mark.parametrize("stage", ["collecting", "review", "supplement"])
async def test_at_the_first_level_a_case_goes_to_the_new_site(house: House, stage: str) -> None:
    row = sample_record(1, "zhang")
    await take(row)
    case = await case_of(row)
    await worked_on(case, 0)
    await put(case, stage, None if stage == "collecting" else 0)
    exam = await open_exam()
    await extended(case.site_id)
    told = await open_exam()
    (outcome,) = (await take({**row, "site_code": "1202", "major": "口腔医学"})).outcomes
    assert outcome.effects == (Effect.SITE_MOVED,)
    after = await case_of(row)
    new_site = await Office.get(code="1202")
    assert (after.site_id, after.stage, after.lease_holder) == (new_site.id, stage, None)
    verdict = await Verdict.get()
    assert (verdict.ended_why, verdict.ended_at is not None) == ("site", True)
    request = await Supplement.get()
    assert (request.office_id, request.closed_at) == (new_site.id, None)
    file = await read_case(told, after)
    assert file.unanswered == (), "the field that was asked for has changed"
    assert file.window.bell == exam.window.bell + timedelta(days=1), "a bell that was told is not taken away"


@transaction
async def extended(site: UUID) -> None:
    phase = await Phase.get()
    await SiteBell.create(
        phase_id=phase.id, office_id=site, bell=phase.bell + timedelta(days=1), set_by=uuid4(), set_at=now(),
        reason="停电",
    )  # fmt: skip


async def test_after_a_case_went_to_another_site_the_old_one_can_take_its_decision_back_no_more(
    house: House,
) -> None:
    rows = [sample_record(number, f"k{number}") for number in (1, 2)]
    await take(*rows)
    staff = await somebody()
    exam = await open_exam()
    reviewer = Reviewer(staff.id, frozenset({exam.site("1201").id}))
    for row in rows:
        await asked_just_now(await case_of(row), staff)
    await take_back(exam, reviewer, (await case_of(rows[0])).id)
    await take({**rows[1], "site_code": "1202"})
    with pytest.raises(Refused, match=r"take_back\.claimed"):
        await take_back(exam, reviewer, (await case_of(rows[1])).id)


@transaction
async def asked_just_now(case: Case, staff: Staff) -> None:
    """As if this person had asked the candidate for more."""
    move = await CaseMove.create(
        case_id=case.id, number=1, move="ask", by="reviewer", actor=f"staff:{staff.id}", person=staff.id,
        from_stage="review", from_level=0, to_stage="supplement", to_level=0, round=1, at=now(),
        exam_at=await exam_now(), reasons=[],
    )  # fmt: skip
    await Case.filter(id=case.id).update(stage="supplement", level=0, round=2, arrived_by=move.id)


async def test_at_a_higher_level_a_case_stays_with_its_site_and_is_flagged(house: House) -> None:
    row = sample_record(1, "zhang")
    await take(row)
    case = await case_of(row)
    await worked_on(case, 1)
    await put(case, "review", 1)
    (outcome,) = (await take({**row, "site_code": "1202"})).outcomes
    assert outcome.effects == (Effect.SITE_FLAGGED,)
    after = await case_of(row)
    assert (after.site_id, after.lease_holder is not None) == (case.site_id, True)
    assert (await Verdict.get()).ended_at is None
    assert await flags(case) == {"site_changed"}
    await take(row)
    assert await flags(case) == set()


async def test_what_is_newly_required_flags_a_case_that_its_candidate_cannot_change(house: House) -> None:
    row = sample_record(1, "zhang")
    named_before = {**row, "former_name": "测试丙"}
    await take(row)
    case = await case_of(row)
    await take(named_before)
    assert await flags(case) == set(), "the candidate can still add it"
    await take(row)
    await put(case, "review", 0)
    assert (await take(named_before)).outcomes[0].effects == (Effect.NEWLY_REQUIRED,)
    assert await flags(case) == {"newly_required"}
    await recall(await open_exam(), case.candidate_id)
    assert await flags(case) == set(), "the candidate can add it again"
    await take(row)
    await put(case, "review", 0)
    await declared(case, "NAME_CHG")
    assert (await take(named_before)).outcomes[0].effects == ()


@transaction
async def declared(case: Case, material: str) -> None:
    await Declaration.create(
        case_id=case.id, material=material, kind="missing", words="没有", made_at=await exam_now()
    )


async def test_loading_an_exam_makes_cases_for_those_who_lack_one(house: House) -> None:
    rows = [sample_record(number, f"k{number}") for number in (1, 2, 3)]
    await take(*rows)
    await take({**rows[1], "status": "取消"})
    await without_cases()
    package = load_package("tianjin_2020")
    await load_exam(package, by="operator")
    made = await Case.all().prefetch_related("candidate")
    assert {case.candidate.user_name for case in made} == {"k1", "k3"}, "not for a cancelled registration"
    await load_exam(package, by="operator")
    assert await Case.all().count() == 2


@transaction
async def without_cases() -> None:
    """As if nothing had concerned these people so far."""
    await CaseMove.all().delete()
    await Case.all().delete()
