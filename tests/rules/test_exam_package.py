"""What a package says once it has been read."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from tests.rules.small_exam import SMALL, changed, problems_of, read
from webapp.rules.catalogue import Rule
from webapp.rules.conditions import All, Any, Clause, Relation
from webapp.rules.exam_package import ReviewFrom
from webapp.rules.package_reading import read_package


def test_a_package_read_again_from_stored_json_is_the_same() -> None:
    package = read()
    stored = json.loads(json.dumps(package.document, ensure_ascii=False))
    assert read_package(stored) == package


def test_a_package_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        read().grace_minutes = 0  # type: ignore[misc]


def test_the_end_of_a_day_is_the_first_instant_of_the_next() -> None:
    window = read().phase("main").window
    assert window.opens == datetime(2020, 4, 22, 16, tzinfo=UTC)
    assert window.bell == datetime(2020, 5, 6, 16, tzinfo=UTC)
    same = changed("2020-05-06 24:00", "2020-05-07 00:00")
    assert read(same).phase("main").window == window


@pytest.mark.parametrize(
    ("moment", "says"), [("2020-03-29 02:30", "jump over"), ("2020-10-25 02:30", "show this moment twice")]
)
def test_a_moment_that_the_zones_clocks_do_not_show_once_is_refused(moment: str, says: str) -> None:
    text = changed("Asia/Shanghai", "Europe/Berlin")
    assert problems_of(text) == ()
    (problem,) = problems_of(
        changed("2020-05-06 24:00" if moment > "2020-04-23" else "2020-04-23 00:00", moment, text)
    )
    assert says in problem.sentence


def chain(*kinds: str) -> str:
    """The small exam with these kinds of offices as its levels, in a line of offices one below the other."""
    head, rest = SMALL[: SMALL.index("[[office_kind]]")], SMALL[SMALL.index("[candidate_password]") :]
    parts = [head]
    for kind in kinds:
        said = f'name.zh-Hans = "{kind}"\n'
        parts.append(f'[[office_kind]]\ncode = "{kind}"\n{said}')
        parts.append(f'[[level]]\ncode = "{kind}"\noffice_kind = "{kind}"\n{said}')
        parts.append('waiting.zh-Hans = "等"\ndone.zh-Hans = "完"\n')
    above = [*kinds[1:], ""]
    for kind, parent in zip(kinds, above, strict=True):
        code, under = ("12", "") if not parent else (kind, "12" if parent == kinds[-1] else parent)
        parent_line = f'parent = "{under}"\n' if under else ""
        parts.append(
            f'[[office]]\ncode = "{code}"\nkind = "{kind}"\n{parent_line}name.zh-Hans = "{kind}"\nphone = "1"\n'
        )
    return "".join(parts) + rest


@pytest.mark.parametrize("kinds", [("region",), ("site", "region"), ("county", "city", "province")])
def test_one_two_and_three_levels_are_data(kinds: tuple[str, ...]) -> None:
    package = read(chain(*kinds))
    assert [level.code for level in package.levels] == list(kinds)
    lowest = package.offices[0].code
    assert [package.office_at(kind, lowest).kind for kind in kinds] == list(kinds)


def test_a_fourth_level_is_refused() -> None:
    assert any("at most 3 levels" in problem.sentence for problem in problems_of(chain("a", "b", "c", "d")))


def test_materials_without_named_slots_have_one_repeated_slot() -> None:
    licence = read().material("LICENCE")
    assert not licence.named_slots
    (page,) = licence.slots
    assert (page.code, page.least, page.most) == ("page", 1, 4)


def test_named_slots_take_one_photo_each_and_optional_ones_may_stay_empty() -> None:
    identity = read().material("ID")
    assert identity.named_slots
    assert [(slot.code, slot.least, slot.most) for slot in identity.slots] == [
        ("front", 1, 1),
        ("back", 1, 1),
    ]
    (passport,) = identity.variants
    assert [(slot.code, slot.least) for slot in passport.slots] == [("information", 1), ("cover", 0)]


def test_a_material_may_have_a_size_limit_of_its_own() -> None:
    package = read()
    assert package.material("LICENCE").max_photo_bytes == 102_400
    assert package.material("ID").max_photo_bytes == package.max_photo_bytes == 204_800


def test_conditions_nest() -> None:
    licence = read().material("LICENCE")
    assert licence.rule is Rule.WHEN
    assert licence.when == All(
        (
            Clause("is_assistant", Relation.IS, ("是",)),
            Any(
                (
                    Clause("education", Relation.IN, ("本科", "专科")),
                    Clause("former_name", Relation.FILLED),
                )
            ),
        )
    )


def test_a_phase_asks_for_its_own_materials_in_the_catalogues_order() -> None:
    assert [material.code for material in read().materials_of("main")] == ["ID", "LICENCE", "OTHER"]
    second = changed('code = "main"', 'code = "main"\nmaterials = ["OTHER", "ID"]')
    assert [material.code for material in read(second).materials_of("main")] == ["ID", "OTHER"]


def test_reviewers_are_offered_general_reasons_and_the_materials_own() -> None:
    package = read()
    assert [reason.code for reason in package.reasons_for("ID")] == ["blurred", "expired"]
    assert [reason.code for reason in package.reasons_for("OTHER")] == ["blurred"]
    assert [hint.code for hint in package.reason("blurred").hints] == ["hold_still"]


def test_an_exam_brings_a_closed_list_of_its_own() -> None:
    choice = (
        '\n[[field]]\ncode = "category_code"\nchoice = [{ value = "110", words.zh-Hans = "临床执业医师" }]\n'
    )
    with_list = SMALL + choice
    assert not read().fields["category_code"].choices
    field = read(with_list).fields["category_code"]
    assert field.values == {"110"}
    assert field.value_said_in("en", "110") == "临床执业医师"
    clause = '"is_assistant", is = "是"'
    assert problems_of(changed(clause, '"category_code", is = "110"', with_list)) == ()
    (problem,) = problems_of(changed(clause, '"category_code", is = "111"', with_list))
    assert '"111" is no value of "category_code"' in problem.sentence


def test_refused_answers_are_kept_as_they_are_compared() -> None:
    assert read().recovery.answers_refused == ("test",)


def test_review_from_submit_is_data() -> None:
    assert read().review_from is ReviewFrom.BELL
    assert read(changed('"bell"\ngrace', '"submit"\ngrace')).review_from is ReviewFrom.SUBMIT


def test_unknown_codes_are_key_errors() -> None:
    package = read()
    assert package.material("ID").code == "ID"
    for look_up in (package.material, package.phase, package.reason, package.level, package.office):
        with pytest.raises(KeyError):
            look_up("nothing")


def test_an_office_answers_for_itself_at_its_own_level() -> None:
    package = read()
    assert package.office_at("first", "1201").code == "1201"
    assert package.office_at("last", "1201").code == "12"
    alone = replace(package, levels=package.levels[1:])
    assert alone.office_at("last", "12").code == "12"
