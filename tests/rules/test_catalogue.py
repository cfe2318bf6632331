"""Whom a material concerns, and in which form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.small_exam import changed, read
from webapp.rules.catalogue import Requirement, applies, as_seen_by, concerning, written_out
from webapp.rules.conditions import holds
from webapp.rules.fields import FIELDS, Record, by_column, column_key
from webapp.rules.words import LANGUAGES, Words, gaps

ASSISTANT = {"is_assistant": "是", "education": "专科", "id_type": "居民身份证"}


def test_what_everyone_hands_in_is_required_of_an_empty_record() -> None:
    assert applies(read().material("ID"), {}) is Requirement.REQUIRED


def test_a_condition_decides_whether_a_material_concerns_somebody() -> None:
    licence = read().material("LICENCE")
    assert applies(licence, ASSISTANT) is Requirement.REQUIRED_WHEN
    assert applies(licence, ASSISTANT | {"is_assistant": "否"}) is Requirement.NOT_CONCERNED
    assert applies(licence, ASSISTANT | {"education": "中专"}) is Requirement.NOT_CONCERNED


def test_only_required_materials_must_be_handed_in() -> None:
    assert [requirement for requirement in Requirement if requirement.must] == [
        Requirement.REQUIRED,
        Requirement.REQUIRED_WHEN,
    ]


def test_a_persons_list_has_the_order_of_the_catalogue_and_leaves_out_what_does_not_concern() -> None:
    materials = read().materials
    everything = concerning(materials, ASSISTANT)
    assert [(concern.material.code, concern.requirement) for concern in everything] == [
        ("ID", Requirement.REQUIRED),
        ("LICENCE", Requirement.REQUIRED_WHEN),
        ("OTHER", Requirement.OPTIONAL),
    ]
    assert [concern.material.code for concern in concerning(materials, {})] == ["ID", "OTHER"]
    assert [concern.material.code for concern in concerning(materials[::-1], ASSISTANT)] == [
        "OTHER",
        "LICENCE",
        "ID",
    ]


def test_a_person_sees_the_variant_for_their_document() -> None:
    identity = read().material("ID")
    plain = as_seen_by(identity, ASSISTANT)
    assert (plain.variant, [slot.code for slot in plain.slots]) == ("", ["front", "back"])
    passport = as_seen_by(identity, ASSISTANT | {"id_type": "外籍护照"})
    assert (passport.variant, [slot.code for slot in passport.slots]) == (
        "passport",
        ["information", "cover"],
    )
    assert (passport.least, passport.most) == (1, 2)
    assert (passport.hint, passport.example) == (identity.hint, identity.example)


def test_a_variant_without_slots_keeps_the_materials_own() -> None:
    slots = """least = 1
most = 2
slot = [
  { code = "information", name.zh-Hans = "信息页" },
  { code = "cover", name.zh-Hans = "封面", optional = true },
]
"""
    identity = read(changed(slots, 'hint.zh-Hans = "护照"\n')).material("ID")
    passport = as_seen_by(identity, {"id_type": "外籍护照"})
    assert passport.slots == identity.slots
    assert passport.hint == Words("护照")


def test_the_first_variant_that_holds_is_taken() -> None:
    second = changed(
        '[[material.variant]]\ncode = "passport"',
        '[[material.variant]]\ncode = "not_mainland"\nhint.zh-Hans = "境外"\n'
        'when = { field = "id_type", not = "居民身份证" }\n\n[[material.variant]]\ncode = "passport"',
    )
    assert as_seen_by(read(second).material("ID"), {"id_type": "外籍护照"}).variant == "not_mainland"


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.sampled_from(["", "是", "否", "本科", "外籍护照"]))
)
def test_a_list_holds_exactly_what_is_not_unconcerned(record: Record) -> None:
    materials = read().materials
    listed = {concern.material.code for concern in concerning(materials, record)}
    for material in materials:
        concerned = material.when is None or holds(material.when, record)
        assert (material.code in listed) is concerned


def test_who_must_hand_in_is_written_out_from_the_data() -> None:
    package = read()
    said = {material.code: written_out(material, "zh-Hans", package.fields) for material in package.materials}
    either = "（「报考学历」为「本科」或「专科」，或「曾用名」已填写）"
    assert said == {
        "ID": "必须上传：所有考生",
        "LICENCE": f"必传：「是否执业助理医师」为「是」，且{either}的考生",
        "OTHER": "选传",
    }
    assert written_out(package.material("OTHER"), "en") == "Optional"


def test_words_that_are_missing_in_a_language_are_said_in_simplified_chinese() -> None:
    words = Words("材料", en="material")
    assert [words.said_in(language) for language in LANGUAGES] == ["材料", "材料", "material"]
    assert words.by_language() == {"zh-Hans": "材料", "en": "material"}


def test_gaps_are_filled_once_and_what_fills_them_is_not_read_again() -> None:
    words = Words("联系{site}，电话 {phone}", en="{site}: {phone}")
    assert gaps(words.zh_hans) == {"site", "phone"}
    filled = words.filled(site="{phone}考点", phone="022")
    assert filled == Words("联系{phone}考点，电话 022", en="{phone}考点: 022")


@pytest.mark.parametrize("heading", ["试用(工作)机构名称", "试用（工作）机构名称", " 试用 （工作）机构名称 "])
def test_a_column_is_known_however_its_heading_is_spaced(heading: str) -> None:
    assert by_column(FIELDS)[column_key(heading)].code == "workplace"


def test_fields_have_codes_columns_and_values_of_their_own() -> None:
    assert len(by_column(FIELDS)) == len(FIELDS)
    for field in FIELDS.values():
        assert len(field.values) == len(field.choices)
        assert all(choice.words.zh_hans == choice.value for choice in field.choices)
        assert bool(field.choices) is (field.kind == "choice")
