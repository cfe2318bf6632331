"""What an import is told to do beforehand is what it does."""

from __future__ import annotations

import random

import pytest

import webapp.actions.take_registrations as take_registrations_module
from tests.house import House
from tests.registrations import id_number, sample_record
from webapp.actions.take_registrations import take_registrations
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, Event, Phase, Registration
from webapp.records.reading import registrations
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.records.reading.registrations import Terms, foretold, with_absent_kept
from webapp.rules.fields import Record
from webapp.rules.taking import Effect, Fate, Outcome


async def test_what_is_foretold_comes_true_whatever_the_rows_and_their_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers, people, user names and sites from small sets, so that rows meet each other in every way."""
    # Slices so small that what a slice has done is read anew here, and remembered there.
    monkeypatch.setattr(take_registrations_module, "SLICE", 3)
    monkeypatch.setattr(registrations, "_SLICE", 4)
    exam, chance = await open_exam(), random.Random(20200423)
    fates: set[tuple[Fate, str]] = set()
    effects: set[Effect] = set()
    for round_ in range(20):
        await put_some_elsewhere(chance)
        if round_ == 16:
            await publish_by_hand()
        records = [any_record(chance) for _ in range(chance.randint(1, 12))]
        told = await foretold(exam, records, Terms(await exam_now()))
        taken = await take_registrations(exam, records, by="operator")
        assert told == taken.outcomes
        fates |= {(outcome.fate, outcome.code) for outcome in told}
        effects |= {effect for outcome in told for effect in outcome.effects}
    assert fates == {
        (Fate.ADDED, ""),
        (Fate.CHANGED, ""),
        (Fate.SAME, ""),
        (Fate.SUPERSEDED, ""),
        (Fate.CANCELLED, ""),
        (Fate.FAILED, "site_unknown"),
        (Fate.FAILED, "person_known"),
        (Fate.FAILED, "user_name_taken"),
    }
    assert effects == set(Effect) - {Effect.OWN_BELL}
    assert await all_breaks() == []


@transaction
async def put_some_elsewhere(chance: random.Random) -> None:
    """As if reviewers had worked on some of the cases."""
    for case in await Case.exclude(stage="withdrawn").order_by("id"):
        stage, level = chance.choice((("collecting", None), ("review", 0), ("review", 1), ("passed", None)))
        await Case.filter(id=case.id).update(stage=stage, level=level)


@transaction
async def publish_by_hand() -> None:
    """As far as an import asks."""
    await Phase.all().update(published_at=now())


def any_record(chance: random.Random) -> dict[str, str]:
    number, person, name = (chance.randint(1, 6) for _ in range(3))
    if chance.random() < 0.6:
        number = person = name
    return sample_record(
        number,
        chance.choice(("kaosheng", "KAOSHENG")) + str(name),
        chance.choice(("1201", "1201", "1202", "9999")),
        registration_number=f"2020{number:09d}",
        id_number=id_number(person),
        former_name=chance.choice(("", "测试丙")),
        status=chance.choice(("报名成功", "报名成功", "取消", "放弃")),
        registered_at=chance.choice(("", "2020-01-12 09:31:05", "2020-01-13 09:31:05")),
    )


async def test_foretelling_writes_nothing(house: House) -> None:
    exam = await open_exam()
    (outcome,) = await foretold(exam, [sample_record(1, "zhang")], Terms(await exam_now()))
    assert outcome == Outcome("20201201000001", Fate.ADDED, case="collecting")
    assert await Registration.all().count() == await Candidate.all().count() == 0
    assert await Event.filter(what="registrations.taken").count() == 0


async def test_fields_without_a_column_keep_what_is_known(house: House) -> None:
    exam = await open_exam()
    known: list[Record] = [
        sample_record(number, f"k{number}", former_name="测试丙") for number in range(1, 451)
    ]
    await take_registrations(exam, known[:440], by="operator")
    shortened = [{code: value for code, value in row.items() if code != "former_name"} for row in known]
    assert await with_absent_kept(exam, shortened, ()) == shortened
    kept = await with_absent_kept(exam, shortened, ("former_name", "email"))
    assert kept[:440] == known[:440]
    assert kept[440:] == shortened[440:], "of people who are not there yet nothing is known"
