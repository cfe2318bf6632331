"""The default exam: its facts, and the lists of candidates whose materials are known."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from webapp.exams import load_package, package_folder
from webapp.rules.catalogue import Requirement, Rule, as_seen_by, concerning
from webapp.rules.conditions import fields_of, holds
from webapp.rules.fields import FIELDS, Record
from webapp.rules.windows import LocalMoment, local_moment
from webapp.rules.words import LANGUAGES, Words

CODE = "tianjin_2020"
PACKAGE = load_package(CODE)

CATALOGUE = [
    ("ID", "身份证明", Rule.ALL, 3, 3),
    ("DIPLOMA", "毕业证书", Rule.WHEN, 1, 4),
    ("EDU_CHECK", "学历电子注册备案表或认证报告", Rule.WHEN, 1, 3),
    ("PROBATION", "医师资格考试试用期考核证明", Rule.WHEN, 1, 4),
    ("PRACTICE", "执业助理医师报考执业医师执业期考核证明", Rule.WHEN, 1, 4),
    ("ASST_QUAL", "执业助理医师资格证书", Rule.WHEN, 1, 2),
    ("ASST_LIC", "执业助理医师执业证书", Rule.WHEN, 2, 6),
    ("FIRST_REG", "首次执业注册证明", Rule.WHEN, 1, 2),
    ("ORG_LIC", "医疗机构执业许可证副本", Rule.WHEN, 1, 3),
    ("PLEDGE", "应届毕业生报考承诺书", Rule.WHEN, 1, 1),
    ("STUDENT", "在读研究生（长学制）证明", Rule.WHEN, 2, 4),
    ("DEGREE", "学位证书", Rule.WHEN, 1, 2),
    ("GRAD_TRAIN", "当年毕业研究生实践训练考核合格证明", Rule.WHEN, 1, 2),
    ("ABROAD", "国外（境外）学历学位认证书", Rule.WHEN, 1, 2),
    ("HMT_FOR", "台港澳居民/外籍人员实习申请审核表", Rule.WHEN, 1, 3),
    ("MIL", "军队考生身份及同意报考证明", Rule.WHEN, 1, 3),
    ("TCM_APPR", "师承出师证书或确有专长证书", Rule.WHEN, 1, 3),
    ("SECVOC", "中专学历学籍证明", Rule.WHEN, 1, 4),
    ("NAME_CHG", "姓名或证件信息变更证明", Rule.WHEN, 1, 3),
    ("OTHER", "其他补充材料", Rule.OPTIONAL, 0, 10),
]

# A graduate of 2018 who works at a hospital of the first rank; the others differ from her as said.
GRADUATE = {
    "id_type": "居民身份证",
    "service_status": "非军人",
    "level": "执业医师",
    "category": "临床",
    "basis": "规定学历",
    "education": "本科",
    "school_province": "天津市",
    "fresh_graduate": "否",
    "in_study": "否",
    "graduating_now": "否",
    "is_assistant": "否",
    "workplace_kind": "医院",
    "workplace_grade": "三级甲等",
    "workplace_typed": "否",
}
ASSISTANT = {"is_assistant": "是", "licence_moved": "是", "former_name": "测试丙", "education": "专科"}
CLINIC = {"workplace_kind": "门诊部", "workplace_grade": "未定级", "workplace_typed": "是"}

PEOPLE = {
    "a graduate": ({}, "ID DIPLOMA EDU_CHECK PROBATION"),
    "an assistant physician who moved and changed her name": (
        ASSISTANT | CLINIC,
        "ID DIPLOMA EDU_CHECK PRACTICE ASST_QUAL ASST_LIC FIRST_REG ORG_LIC NAME_CHG",
    ),
    "an assistant physician who never moved": (
        {"is_assistant": "是", "licence_moved": "否"},
        "ID DIPLOMA EDU_CHECK PRACTICE ASST_QUAL ASST_LIC",
    ),
    "somebody at a hospital of the second rank": (
        {"workplace_grade": "二级甲等"},
        "ID DIPLOMA EDU_CHECK PROBATION ORG_LIC",
    ),
    "somebody at a centre for disease control": (
        {"workplace_kind": "疾控中心", "workplace_grade": "未定级"},
        "ID DIPLOMA EDU_CHECK PROBATION",
    ),
    "somebody whose hospital was typed by hand": (
        {"workplace_typed": "是"},
        "ID DIPLOMA EDU_CHECK PROBATION ORG_LIC",
    ),
    "a graduate of the previous year": ({"fresh_graduate": "是"}, "ID DIPLOMA EDU_CHECK PROBATION PLEDGE"),
    "a postgraduate in study": ({"in_study": "是"}, "ID DIPLOMA EDU_CHECK STUDENT"),
    "a master of an earlier year": ({"education": "硕士"}, "ID DIPLOMA EDU_CHECK PROBATION DEGREE"),
    "a master of this year": (
        {"education": "硕士", "graduating_now": "是"},
        "ID DIPLOMA EDU_CHECK GRAD_TRAIN",
    ),
    "somebody who studied abroad": ({"studied_abroad": "是"}, "ID DIPLOMA PROBATION ABROAD"),
    "a foreigner": ({"id_type": "外籍护照"}, "ID DIPLOMA EDU_CHECK PROBATION HMT_FOR"),
    "a resident of Hong Kong": ({"id_type": "香港身份证"}, "ID DIPLOMA EDU_CHECK PROBATION HMT_FOR"),
    "a soldier": ({"service_status": "现役军人"}, "ID DIPLOMA EDU_CHECK PROBATION MIL"),
    "somebody whose military status is unknown": ({"service_status": ""}, "ID DIPLOMA EDU_CHECK PROBATION"),
    "an apprentice of Chinese medicine": (
        {"basis": "师承或确有专长", "education": "", "category": "中医"},
        "ID PROBATION TCM_APPR",
    ),
    "a vocational graduate from elsewhere": (
        {"education": "中专", "school_province": "河北省"},
        "ID DIPLOMA PROBATION SECVOC",
    ),
    "a vocational graduate from Tianjin": ({"education": "中专"}, "ID DIPLOMA PROBATION"),
    "somebody with a former name": ({"former_name": "测试丙"}, "ID DIPLOMA EDU_CHECK PROBATION NAME_CHG"),
}


def all_words(value: object, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Everything in the package that is said by language, with its path."""
    if isinstance(value, dict):
        if "zh-Hans" in value:
            yield path, value
        else:
            for key, inner in value.items():
                yield from all_words(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from all_words(inner, f"{path}[{place}]")


def markdown() -> list[Path]:
    """Attachments and help texts."""
    return sorted(package_folder(CODE).rglob("*.md"))


def chinese_texts() -> list[tuple[str, str]]:
    """All Simplified Chinese that people read, with where it stands."""
    words = [(path, said["zh-Hans"]) for path, said in all_words(PACKAGE.document)]
    return words + [(file.name, file.read_text("utf-8")) for file in markdown()]


# Whom each is required from, line by line as the catalogue was decided. An empty field is "not" everything.
REQUIRED_FROM: dict[str, Callable[[Record], bool]] = {
    "DIPLOMA": lambda r: r["basis"] != "师承或确有专长",
    "EDU_CHECK": lambda r: (
        r["basis"] != "师承或确有专长" and r["education"] != "中专" and r["studied_abroad"] != "是"
    ),
    "PROBATION": lambda r: r["is_assistant"] == r["in_study"] == r["graduating_now"] == "否",
    "PRACTICE": lambda r: r["is_assistant"] == "是",
    "ASST_QUAL": lambda r: r["is_assistant"] == "是",
    "ASST_LIC": lambda r: r["is_assistant"] == "是",
    "FIRST_REG": lambda r: r["is_assistant"] == "是" and r["licence_moved"] == "是",
    "ORG_LIC": lambda r: (
        r["workplace_typed"] == "是"
        or (r["workplace_grade"] != "三级甲等" and r["workplace_kind"] != "疾控中心")
    ),
    "PLEDGE": lambda r: r["fresh_graduate"] == "是",
    "STUDENT": lambda r: r["in_study"] == "是",
    "DEGREE": lambda r: r["education"] in {"硕士", "博士"} and r["graduating_now"] == "否",
    "GRAD_TRAIN": lambda r: r["graduating_now"] == "是",
    "ABROAD": lambda r: r["studied_abroad"] == "是",
    "HMT_FOR": lambda r: (
        r["id_type"] in {"港澳台居民居住证", "香港身份证", "澳门身份证", "台湾身份证", "外籍护照"}
    ),
    "MIL": lambda r: bool(r["service_status"]) and r["service_status"] != "非军人",
    "TCM_APPR": lambda r: r["basis"] == "师承或确有专长",
    "SECVOC": lambda r: r["education"] == "中专" and r["school_province"] != "天津市",
    "NAME_CHG": lambda r: bool(r["former_name"]),
}


def every_record(codes: Iterable[str]) -> Iterator[dict[str, str]]:
    """All that these fields can hold together: each value of a closed list, or nothing; some text, or nothing."""
    fields = sorted(codes)
    values = [["", *sorted(PACKAGE.fields[code].values or {"某某"})] for code in fields]
    for chosen in itertools.product(*values):
        yield dict(zip(fields, chosen, strict=True))


@pytest.mark.parametrize("code", REQUIRED_FROM)
def test_a_condition_is_the_decided_one_and_concerns_somebody_but_not_everybody(code: str) -> None:
    material = PACKAGE.material(code)
    assert material.when is not None
    found = [
        (holds(material.when, record), REQUIRED_FROM[code](record))
        for record in every_record(fields_of(material.when))
    ]
    assert {concerned for concerned, _expected in found} == {True, False}
    assert all(concerned == expected for concerned, expected in found)


def test_only_identity_is_asked_of_everybody_and_only_the_last_of_nobody() -> None:
    others = {material.code for material in PACKAGE.materials} - set(REQUIRED_FROM)
    assert others == {"ID", "OTHER"}


@pytest.mark.parametrize("code", [material.code for material in PACKAGE.materials if material.variants])
def test_every_variant_is_reached_and_so_is_the_materials_own_form(code: str) -> None:
    material = PACKAGE.material(code)
    fields = set().union(*(fields_of(variant.when) for variant in material.variants))
    seen = {as_seen_by(material, record).variant for record in every_record(fields)}
    assert seen == {"", *(variant.code for variant in material.variants)}


def test_the_catalogue_is_the_twenty_materials() -> None:
    found = [(m.code, m.name.zh_hans, m.rule, m.least, m.most) for m in PACKAGE.materials]
    assert found == CATALOGUE


@pytest.mark.parametrize(("record", "expected"), PEOPLE.values(), ids=PEOPLE.keys())
def test_a_candidate_sees_what_concerns_them(record: dict[str, str], expected: str) -> None:
    concerns = concerning(PACKAGE.materials, GRADUATE | record)
    required = [concern.material.code for concern in concerns if concern.requirement.must]
    assert required == expected.split()
    assert [c.material.code for c in concerns if c.requirement is Requirement.OPTIONAL] == ["OTHER"]


def test_every_material_concerns_somebody_above() -> None:
    required = {code for _, codes in PEOPLE.values() for code in codes.split()}
    assert required | {"OTHER"} == {material.code for material in PACKAGE.materials}


@pytest.mark.parametrize(
    ("id_type", "variant", "slots"),
    [
        ("居民身份证", "", ["人像面", "国徽面", "手持证件"]),
        ("外籍护照", "passport", ["信息页", "封面", "手持护照"]),
        ("香港身份证", "permit", ["通行证正面", "通行证反面", "手持通行证"]),
        ("澳门身份证", "permit", ["通行证正面", "通行证反面", "手持通行证"]),
        ("台湾身份证", "permit", ["通行证正面", "通行证反面", "手持通行证"]),
        ("港澳台居民居住证", "residence", ["居住证正面", "居住证反面", "手持居住证"]),
    ],
)
def test_the_identity_slots_are_those_of_the_persons_document(
    id_type: str, variant: str, slots: list[str]
) -> None:
    identity = as_seen_by(PACKAGE.material("ID"), GRADUATE | {"id_type": id_type})
    assert identity.variant == variant
    assert [slot.name.zh_hans for slot in identity.slots] == slots
    assert all(slot.example for slot in identity.slots)
    assert (identity.least, identity.most) == (3, 3)


def test_every_type_of_document_has_its_case_above() -> None:
    assert len(FIELDS["id_type"].values) == 6


def test_the_window_ends_with_the_sixth_of_may() -> None:
    window = PACKAGE.phase("main").window
    assert local_moment(window.opens, PACKAGE.time_zone) == LocalMoment(date(2020, 4, 23), "00:00")
    assert local_moment(window.bell, PACKAGE.time_zone, ends=True) == LocalMoment(date(2020, 5, 6), "24:00")
    assert PACKAGE.review_from == "bell"
    assert (PACKAGE.grace_minutes, PACKAGE.lease_minutes) == (120, 15)


def test_sixteen_sites_stand_below_the_region() -> None:
    sites = [office for office in PACKAGE.offices if office.kind == "site"]
    assert [site.code for site in sites] == [str(code) for code in range(1201, 1217)]
    assert all(site.phone == f"022-0000{site.code}" for site in sites)
    assert {PACKAGE.office_at("region", site.code).code for site in sites} == {"12"}
    assert PACKAGE.office(PACKAGE.contact.office).phone == "022-00000012"


def test_limits_and_policies_are_the_decided_ones() -> None:
    candidate, staff = PACKAGE.candidate_password, PACKAGE.staff_password
    assert (candidate.least, candidate.most, candidate.letter_and_digit) == (8, 20, True)
    assert (staff.least, staff.most) == (12, 64)
    assert PACKAGE.max_photo_bytes == 204_800
    assert PACKAGE.max_original_bytes == 64 * 1024 * 1024
    assert (PACKAGE.recovery.asked, PACKAGE.recovery.tries_a_day, PACKAGE.recovery.reset_minutes) == (
        2,
        5,
        10,
    )
    assert PACKAGE.recovery.by_answers
    assert len(PACKAGE.recovery.questions) == 8
    assert len(PACKAGE.texts.pledges.items) == 2


def test_every_text_is_said_in_all_languages() -> None:
    words = list(all_words(PACKAGE.document))
    assert len(words) > 150
    assert [path for path, said in words if set(said) != set(LANGUAGES)] == []


def test_simplified_and_traditional_words_are_written_in_their_own_characters() -> None:
    own = [Words(*(said[language] for language in LANGUAGES)) for _, said in all_words(PACKAGE.document)]
    own += [field.names for field in PACKAGE.fields.values()]
    own += [choice.words for field in PACKAGE.fields.values() for choice in field.choices]
    for words in own:
        # GB 2312 has no traditional characters, Big5 no simplified ones.
        words.zh_hans.replace("–", "-").encode("gb2312")
        words.zh_hant.replace("–", "-").encode("big5")
        assert words.en.replace("“", '"').replace("”", '"').replace("必传", "").replace("–", "-").isascii()


def test_no_text_shouts_or_says_please_twice() -> None:
    for where, text in chinese_texts():
        assert "！" not in text, where
        for sentence in re.split(r"[。！？；\n]", text):
            assert sentence.count("请") - sentence.count("申请") <= 1, (where, sentence)


def test_a_space_stands_between_chinese_and_figures() -> None:
    for where, text in chinese_texts():
        plain = re.sub(r"\d+月\d+日", "", text)
        assert re.findall(r"[\u4e00-\u9fff]\d|\d[\u4e00-\u9fff]", plain) == [], where


def test_every_reason_says_what_to_do_next() -> None:
    for reason in PACKAGE.reasons:
        assert reason.hints or reason.code == "other"
    named = {code for material in PACKAGE.materials for code in material.reasons}
    assert {reason.code for reason in PACKAGE.reasons if not reason.general} == named
    # What the phone advises before uploading is said in the reviewers' own reasons.
    assert {"blurred", "dark", "glare", "small", "sideways"} <= {reason.code for reason in PACKAGE.reasons}


def test_what_is_agreed_to_has_versions() -> None:
    versions = PACKAGE.texts.versions()
    assert {"pledges", "consent", "upload.line"} <= set(versions)
    assert all(versions.values())


def test_the_manuals_facts_are_kept_and_its_sentences_are_not_copied() -> None:
    material = os.environ.get("TEST_MATERIAL")
    if not material:
        pytest.skip("TEST_MATERIAL does not name the folder with the manual of 2020")
    manual = re.sub(r"\s", "", Path(material, "manual-2020.txt").read_text("utf-8"))
    ours = re.sub(r"\s", "", "".join(text for _, text in chinese_texts()))
    assert len(manual) > 1500
    longest = 20
    names = "按《医师资格考试违纪违规处理规定》处理"
    copied = {
        manual[at : at + longest] for at in range(len(manual) - longest) if manual[at : at + longest] in ours
    }
    assert {part for part in copied if not any(piece in part for piece in (names[:17], names[-17:]))} == set()
