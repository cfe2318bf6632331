"""The demo's candidates are such as the registration system could hand over, and together show every list."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from quart import Quart

from tests.registrations import CHECK, WEIGHTS
from webapp.actions.take_registrations import take_registrations
from webapp.demo.arrivals import ACTIVATED, ARRIVALS, COMPLETE, ONE_PHOTO, SOME, Arrival
from webapp.demo.labels import GROUPS
from webapp.demo.people import PASSWORD
from webapp.demo.records import CANDIDATES, DemoCandidate
from webapp.exams import load_package
from webapp.records import Unit
from webapp.records.reading.exams import open_exam
from webapp.rules.catalogue import Material, concerning
from webapp.rules.conditions import Any, holds
from webapp.rules.fields import FIELDS, Kind
from webapp.rules.filling import Held, filled, progress
from webapp.rules.passwords import password_problem

EXAM = load_package("tianjin_2020")
MATERIALS = EXAM.materials_of(EXAM.phases[0].code)
SHAPES = {
    Kind.DATE: r"\d{4}-\d\d-\d\d",
    Kind.MONTH: r"\d{4}-\d\d",
    Kind.PERIOD: r"\d{4}-\d\d/\d{4}-\d\d",
    Kind.MOMENT: r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    Kind.TEXT: r"\S.*",
}
BY_USER_NAME = {person.user_name: person for person in CANDIDATES}
each_person = pytest.mark.parametrize("person", CANDIDATES, ids=lambda person: person.user_name)
each_arrival = pytest.mark.parametrize("arrival", ARRIVALS, ids=lambda arrival: arrival.user_name)


def test_forty_people_of_twelve_units_stand_at_two_sites() -> None:
    sites = Counter(person.record["site_code"] for person in CANDIDATES)
    assert sum(sites.values()) == 40
    assert set(sites) == {"1201", "1202"}
    assert len({person.record["unit_code"] for person in CANDIDATES}) == 12
    for own in ("user_name", "registration_number", "name", "id_number", "phone"):
        assert len({person.record[own] for person in CANDIDATES}) == 40, own


@each_person
def test_every_value_is_one_that_the_registration_system_may_write(person: DemoCandidate) -> None:
    assert {code for code, field in FIELDS.items() if field.required} <= set(person.record)
    for code, value in person.record.items():
        field = FIELDS[code]
        if field.kind is Kind.CHOICE:
            assert value in field.values, (code, value)
        else:
            assert re.fullmatch(SHAPES[field.kind], value), (code, value)


@each_person
def test_nobody_can_be_taken_for_a_real_person(person: DemoCandidate) -> None:
    record = person.record
    assert re.match("测试|演示|SAMPLE", record["name"])
    assert record["phone"].startswith("100")
    assert record["unit_phone"].startswith("022-0000")
    assert record["email"].endswith(".invalid")
    assert "虚构" in record["unit_name"]


def test_identity_numbers_are_of_no_place_and_would_pass_every_check() -> None:
    residents = [p.record for p in CANDIDATES if p.record["id_type"] in {"居民身份证", "港澳台居民居住证"}]
    assert len(residents) > 30
    for record in residents:
        number = record["id_number"]
        weighed = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
        assert number[17] == CHECK[weighed % 11]
        assert number[:6] == "990101"
        assert number[6:14] == record["birth_date"].replace("-", "")
        assert (int(number[16]) % 2 == 1) == (record["sex"] == "男")


def test_every_material_and_every_form_of_it_concerns_somebody() -> None:
    lists = [concerning(MATERIALS, person.record) for person in CANDIDATES]
    seen = {concern.material.code for own in lists for concern in own}
    assert seen == {material.code for material in MATERIALS}
    assert len(seen) == 20
    identity = {own[0].material.variant for own in lists}
    assert identity == {"", "passport", "permit", "residence"}
    assert any(len(own) < len(MATERIALS) for own in lists), "not everybody is asked for everything"


CONDITIONAL = [material for material in MATERIALS if material.when is not None]


@pytest.mark.parametrize("material", CONDITIONAL, ids=lambda material: material.code)
def test_every_condition_holds_for_somebody_and_not_for_everybody_here(material: Material) -> None:
    assert material.when is not None
    concerned = [person for person in CANDIDATES if holds(material.when, person.record)]
    assert 0 < len(concerned) < len(CANDIDATES)
    ways = material.when.parts if isinstance(material.when, Any) else ()
    for part in ways:
        others = [one for one in ways if one is not part]
        alone = [p for p in concerned if not any(holds(one, p.record) for one in others)]
        assert alone, ("each of several ways into it has somebody of its own", part)


def test_every_variant_of_a_material_has_somebody_who_is_asked_for_it() -> None:
    seen = {
        (concern.material.code, concern.material.variant)
        for person in CANDIDATES
        for concern in concerning(MATERIALS, person.record)
    }
    offered = {(material.code, one.code) for material in MATERIALS for one in material.variants}
    # A former name and a foreign document do not come together here: tests/exams tries that one.
    assert offered - seen == {("NAME_CHG", "overseas")}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("category", {"临床", "口腔", "公共卫生", "中医", "中西医结合", "民族医", "乡村全科"}),
        ("education", {"博士", "硕士", "本科", "专科", "中专"}),
        ("level", {"执业医师", "执业助理医师"}),
        ("basis", {"规定学历", "师承或确有专长"}),
        ("id_type", FIELDS["id_type"].values),
        ("service_status", FIELDS["service_status"].values),
        ("fresh_graduate", {"是", "否"}),
        ("in_study", {"是", "否"}),
        ("graduating_now", {"是", "否"}),
        ("studied_abroad", {"是", "否"}),
        ("is_assistant", {"是", "否"}),
        ("licence_moved", {"是", "否"}),
        ("workplace_typed", {"是", "否"}),
        ("passed_before", {"是", "否"}),
    ],
)
def test_all_kinds_of_people_are_there(field: str, values: set[str]) -> None:
    assert values <= {person.record.get(field, "") for person in CANDIDATES}


async def test_the_product_takes_all_of_them_and_a_second_time_changes_nothing(app: Quart) -> None:
    assert app is not None
    exam, rows = await open_exam(), [person.record for person in CANDIDATES]
    taken = await take_registrations(exam, rows, by="operator")
    assert (taken.added, taken.failed) == (40, [])
    again = await take_registrations(exam, rows, by="operator")
    assert (again.added, again.changed, again.same) == (0, 0, 40)
    assert await Unit.all().count() == 12


def test_the_registration_site_calls_every_field_as_the_product_does() -> None:
    named = {code: name for fields in GROUPS.values() for code, name in fields}
    assert named == {code: FIELDS[code].column for code in named}
    shown_elsewhere = {
        "registration_number", "user_name", "status", "registered_at", "region_code", "site_code", "unit_code"
    }  # fmt: skip
    assert set(named) | shown_elsewhere == set(FIELDS)


@each_arrival
def test_whoever_uploads_has_a_free_place_for_each_photo(arrival: Arrival) -> None:
    concerns = concerning(MATERIALS, BY_USER_NAME[arrival.user_name].record)
    most = {f"{c.material.code}.{slot.code}": slot.most for c in concerns for slot in c.material.slots}
    assert all(count <= most[place] for place, count in Counter(arrival.photos).items())


@each_arrival
def test_the_words_about_what_somebody_has_uploaded_are_true(arrival: Arrival) -> None:
    concerns = concerning(MATERIALS, BY_USER_NAME[arrival.user_name].record)
    counts = {
        (place.split(".")[0], place.split(".")[1]): Held(count)
        for place, count in Counter(arrival.photos).items()
    }
    found = progress(filled(concerns, counts))
    if arrival.state == COMPLETE:
        assert found.done == found.required
    else:
        assert found.done < found.required
        assert {ACTIVATED: 0, ONE_PHOTO: 1}.get(arrival.state, len(arrival.photos)) == len(arrival.photos)
        assert (arrival.state == SOME) == (len(arrival.photos) > 1)


def test_people_stand_in_every_state_and_most_have_not_come_in_yet() -> None:
    assert {arrival.state for arrival in ARRIVALS} == {COMPLETE, SOME, ONE_PHOTO, ACTIVATED}
    assert len({arrival.user_name for arrival in ARRIVALS}) == len(ARRIVALS) == 14


def test_the_published_password_is_one_that_the_product_takes() -> None:
    for person in CANDIDATES:
        assert password_problem(PASSWORD, person.user_name, EXAM.candidate_password) is None
