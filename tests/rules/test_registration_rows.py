"""A row of a table becomes a record, or says why it cannot, in codes that quote nobody's data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.registrations import id_number, sample_record
from webapp.rules import identity_numbers
from webapp.rules.fields import FIELDS, Field, Kind
from webapp.rules.registration_rows import checked_row, checked_rows
from webapp.rules.row_problems import CheckedRow, Code, Problem, RawRow
from webapp.rules.row_values import Unreadable, tidy, value_of

SITES = {"1201", "1202"}
WITH_X = next(number for number in map(id_number, range(1000)) if number.endswith("X"))
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def raw(line: int = 2, serial: int = 1, **cells: Any) -> RawRow:
    """The sample's cells, changed."""
    return RawRow(line, {**sample_record(serial, f"kaosheng{serial}"), **cells})


def checked(**cells: Any) -> CheckedRow:
    return checked_row(raw(**cells), FIELDS, SITES)


def findings(row: CheckedRow) -> list[tuple[str, Code]]:
    return [(problem.field, problem.code) for problem in row.problems]


def warnings(row: CheckedRow) -> list[tuple[str, Code]]:
    return [(warning.field, warning.code) for warning in row.warnings]


def test_a_sound_row_is_its_record() -> None:
    assert checked() == CheckedRow(2, sample_record(1, "kaosheng1"))


@pytest.mark.parametrize(
    ("code", "written", "value"),
    [
        ("id_number", f"\t{WITH_X[:6]} {WITH_X[6:14]} {WITH_X[14:]}", WITH_X),
        ("id_number", f"'{WITH_X.lower()}", WITH_X),
        ("id_number", WITH_X.translate(FULL_WIDTH), WITH_X),
        ("registration_number", "２０２０１２０１０００００１\t", "20201201000001"),
        ("user_name", " Ｋａｏｓｈｅｎｇ１ ", "Kaosheng1"),
        ("name", "张　三", "张三"),
        ("name", "ＪＯＨＮ   SMITH", "JOHN SMITH"),
        ("name", "测试乙·样例", "测试乙·样例"),
        ("name", "\ufeffJOHN \x00 \u200bSMITH\r\n", "JOHN SMITH"),
        ("unit_name", "示例市第一医院（虚构）\n", "示例市第一医院（虚构）"),
        ("phone", "022－１２３４５６７８ 转 5", "022-12345678 转 5"),
        ("level", " 执业 医师", "执业医师"),
        ("fresh_graduate", "FALSE", "否"),
        ("is_assistant", "TRUE", "是"),
        ("birth_date", "1995/2/3", "1995-02-03"),
        ("birth_date", "1995年2月3日", "1995-02-03"),
        ("birth_date", "19950203", "1995-02-03"),
        ("birth_date", "1995-02-03 00:00:00", "1995-02-03"),
        ("graduated", "2018/7", "2018-07"),
        ("graduated", "2018年7月", "2018-07"),
        ("graduated", "2018.07", "2018-07"),
        ("graduated", "201807", "2018-07"),
        ("graduated", "２０１８－７", "2018-07"),
        ("graduated", "2018-07-01", "2018-07"),
        ("probation_period", "2019-02—2020-04", "2019-02/2020-04"),
        ("probation_period", "2019年2月至2020年4月", "2019-02/2020-04"),
        ("probation_period", "2019.02 - 2020.04", "2019-02/2020-04"),
        ("probation_period", "2019/2/1～2020/4/30", "2019-02/2020-04"),
        ("probation_period", "201902-202004", "2019-02/2020-04"),
        ("probation_period", "2019-02/2020-04", "2019-02/2020-04"),
        ("registered_at", "2020/1/12 9:31", "2020-01-12 09:31:00"),
        ("registered_at", "2020-01-12T09:31:05", "2020-01-12 09:31:05"),
        ("registered_at", "2020年1月12日 9:31:05", "2020-01-12 09:31:05"),
        ("registered_at", "2020-01-12", "2020-01-12 00:00:00"),
        ("degree", "无", "无"),
        ("former_name", "无", ""),
        ("former_name", "—", ""),
        ("permit_number", "/", ""),
    ],
)
def test_what_reads_the_same_is_written_the_same(code: str, written: str, value: str) -> None:
    row = checked(**{code: written})
    assert row.is_good, row.problems
    assert row.record.get(code, "") == value


@pytest.mark.parametrize(
    ("code", "written", "why"),
    [
        ("name", " ", Code.MISSING),
        ("name", "无", Code.MISSING),
        ("status", "", Code.MISSING),
        ("name", "长" * 65, Code.TOO_LONG),
        ("user_name", "ß" * 33, Code.TOO_LONG),
        ("phone", "㍿" * 51, Code.TOO_LONG),
        ("workplace", "长" * 201, Code.TOO_LONG),
        ("level", "执业药师", Code.NOT_A_VALUE),
        ("fresh_graduate", "1", Code.NOT_A_VALUE),
        ("birth_date", "1995-02-30", Code.BAD_DATE),
        ("birth_date", "34733", Code.BAD_DATE),
        ("birth_date", "1995-02-03 10:00", Code.BAD_DATE),
        ("graduated", "2018-13", Code.BAD_DATE),
        ("graduated", "18年7月", Code.BAD_DATE),
        ("graduated", "2018.1", Code.AMBIGUOUS_MONTH),
        ("probation_period", "2019-02", Code.BAD_PERIOD),
        ("probation_period", "2019-02至今", Code.BAD_PERIOD),
        ("probation_period", "2020-04—2019-02", Code.PERIOD_BACKWARDS),
        ("registered_at", "2020-01-12 25:00", Code.BAD_DATE),
        ("registration_number", "张三", Code.BAD_NUMBER),
        ("registration_number", WITH_X, Code.BAD_NUMBER),
        ("registration_number", "2.02012E+13", Code.DAMAGED_NUMBER),
        ("id_number", "4.9E+17", Code.DAMAGED_NUMBER),
        ("id_number", "４．９０１０１Ｅ＋１７", Code.DAMAGED_NUMBER),
        ("id_number", WITH_X[:15] + "000", Code.DAMAGED_NUMBER),
        ("id_number", WITH_X[:17], Code.ID_LENGTH),
        ("id_number", WITH_X[:17] + "1", Code.ID_CHECK),
        ("id_number", f"{WITH_X[:10]}0230{WITH_X[14:]}", Code.ID_CHECK),
        ("diploma_number", "1.05631E+17", Code.DAMAGED_NUMBER),
        ("site_code", "9999", Code.SITE_UNKNOWN),
        ("former_name", "#N/A", Code.CELL_ERROR),
    ],
)
def test_what_cannot_be_is_told_with_its_column_and_quotes_nothing(
    code: str, written: str, why: Code
) -> None:
    row = checked(**{code: written})
    assert findings(row) == [(code, why)]
    assert all(isinstance(fact, int) for problem in row.problems for fact in problem.facts.values())


def test_what_a_spreadsheet_did_to_a_cell_is_told_as_it_was_read() -> None:
    row = checked(diploma_number=Code.TEXT_AS_DATE, name=Code.FORMULA_WITHOUT_RESULT)
    assert sorted(findings(row)) == [
        ("diploma_number", Code.TEXT_AS_DATE),
        ("name", Code.FORMULA_WITHOUT_RESULT),
    ]


def test_a_number_that_is_none_is_not_shown() -> None:
    assert checked(registration_number=WITH_X).number == ""
    assert checked(name="").number == "20201201000001"


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    row = checked(name="", level="执业药师", id_number="123", graduated="?")
    assert sorted(findings(row)) == [
        ("graduated", Code.BAD_DATE),
        ("id_number", Code.ID_LENGTH),
        ("level", Code.NOT_A_VALUE),
        ("name", Code.MISSING),
    ]


def test_a_row_with_more_cells_than_headings_is_not_taken() -> None:
    assert findings(checked_row(replace(raw(), more_cells=True), FIELDS, SITES)) == [("", Code.MORE_CELLS)]


@pytest.mark.parametrize(
    ("cells", "field", "why"),
    [
        ({"name": "张?"}, "name", Code.RARE_CHARACTER),
        ({"name": "张？"}, "name", Code.RARE_CHARACTER),
        ({"former_name": "张\ue863"}, "former_name", Code.RARE_CHARACTER),
        ({"birth_date": "1995-02-04"}, "birth_date", Code.BIRTH_DIFFERS),
        ({"id_type": "香港身份证", "id_number": "C1"}, "id_number", Code.ID_LENGTH_UNUSUAL),
    ],
)
def test_what_is_only_odd_is_a_warning_and_the_row_is_taken(
    cells: dict[str, str], field: str, why: Code
) -> None:
    row = checked(**cells)
    assert row.is_good
    assert warnings(row) == [(field, why)]


@pytest.mark.parametrize(
    ("id_type", "number", "stored"),
    [
        ("香港身份证", "c123456（7）", "C123456(7)"),
        ("澳门身份证", "1234567(8)", "1234567(8)"),
        ("台湾身份证", "a123456789", "A123456789"),
        ("外籍护照", "e12345678", "E12345678"),
        ("港澳台居民居住证", WITH_X.lower(), WITH_X),
    ],
)
def test_other_documents_have_numbers_of_their_own(id_type: str, number: str, stored: str) -> None:
    row = checked(id_type=id_type, id_number=number)
    assert (row.is_good, row.warnings) == (True, ())
    assert row.record["id_number"] == stored
    assert findings(checked(id_type="外籍护照", id_number="护照")) == [("id_number", Code.BAD_ID_SIGNS)]


def test_lost_zeros_of_a_sites_code_come_back_where_only_one_site_can_be_meant() -> None:
    row = checked_row(raw(site_code="101"), FIELDS, {"0101", "1201"})
    assert (row.is_good, row.record["site_code"]) == (True, "0101")
    assert warnings(row) == [("site_code", Code.ZEROS_RESTORED)]
    unclear = checked_row(raw(site_code="101"), FIELDS, {"0101", "00101"})
    assert findings(unclear) == [("site_code", Code.SITE_UNKNOWN)]


def together(*rows: RawRow) -> list[CheckedRow]:
    return checked_rows(rows, FIELDS, SITES)


def test_the_same_row_again_does_no_harm() -> None:
    first, again = together(raw(2), raw(3))
    assert first == CheckedRow(2, sample_record(1, "kaosheng1"))
    assert (again.is_good, again.warnings) == (True, (Problem("", Code.ROW_REPEATED, {"line": 2}),))


def test_two_rows_with_one_number_both_fail_and_name_each_other() -> None:
    rows = together(raw(2), raw(3, name="测试乙"), raw(4, serial=2))
    assert [row.is_good for row in rows] == [False, False, True]
    assert rows[0].problems == (Problem("registration_number", Code.NUMBER_TWICE, {"line": 3}),)
    assert rows[1].problems == (Problem("registration_number", Code.NUMBER_TWICE, {"line": 2}),)


def test_two_registrations_of_a_person_are_pointed_out_where_neither_time_nor_status_tells_the_newer_one() -> (
    None
):
    other: dict[str, Any] = {"registration_number": "20201201000099"}
    both = together(raw(2), raw(3, **other))
    assert [row.is_good for row in both] == [True, True]
    assert [row.warnings for row in both] == [
        (Problem("id_number", Code.PERSON_TWICE, {"line": line}),) for line in (3, 2)
    ]
    telling: tuple[dict[str, Any], ...] = ({"status": "取消"}, {"registered_at": "2020-01-13 00:00:00"})
    for tells in telling:
        assert [warnings(row) for row in together(raw(2, **tells), raw(3, **other))] == [[], []]


def test_a_user_name_of_two_people_fails_for_both_whatever_its_case() -> None:
    rows = together(raw(2, user_name="Zhang"), raw(3, serial=2, user_name="ｚｈａｎｇ"), raw(4, serial=3))
    assert [findings(row) for row in rows] == [[("user_name", Code.USER_NAME_TWICE)]] * 2 + [[]]


def test_rows_with_damaged_identity_numbers_are_not_taken_for_one_person() -> None:
    rows = together(raw(2, id_number="4.9E+17"), raw(3, serial=2, id_number="4.9E+17"))
    assert [findings(row) for row in rows] == [[("id_number", Code.DAMAGED_NUMBER)]] * 2


def test_a_number_shorter_than_the_others_is_pointed_out() -> None:
    rows = together(raw(2), raw(3, serial=2), raw(4, serial=3, registration_number="201201000003"))
    assert [warnings(row) for row in rows] == [[], [], [("registration_number", Code.NUMBER_SHORT)]]


def test_the_check_digit_is_that_of_the_standard() -> None:
    # The example that GB 11643-1999 prints itself.
    assert identity_numbers.check_digit("11010519491231002") == "X"
    assert identity_numbers.is_valid("440524188001010014")


@given(st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_single_wrong_digit_of_an_identity_number_is_noticed(serial: int, place: int, digit: str) -> None:
    number = id_number(serial)
    assert identity_numbers.is_valid(number)
    wrong = number[:place] + digit + number[place + 1 :]
    assert identity_numbers.is_valid(wrong) == (wrong == number)


MONTHS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
SPELLINGS = ("{0.year}-{0.month:02}", "{0.year}/{0.month}", "{0.year}年{0.month}月", "{0.year}{0.month:02}")


@given(MONTHS, st.sampled_from(SPELLINGS))
def test_a_month_is_the_same_in_every_spelling(day: date, spelling: str) -> None:
    assert value_of(FIELDS["graduated"], spelling.format(day)) == f"{day:%Y-%m}"


@given(
    MONTHS,
    MONTHS,
    st.sampled_from(SPELLINGS),
    st.sampled_from(SPELLINGS),
    st.sampled_from("-—~至到") | st.just(" - "),
)
def test_a_period_is_the_same_in_every_spelling(
    one: date, other: date, first: str, last: str, between: str
) -> None:
    begins, ends = sorted((one, other))
    written = first.format(begins) + between + last.format(ends)
    assert value_of(FIELDS["probation_period"], tidy(written)) == f"{begins:%Y-%m}/{ends:%Y-%m}"


def cells_of_any_kind() -> st.SearchStrategy[str]:
    """What people could type, and what they would not."""
    likely = st.text("0123456789-/.年月日至~E+ X无?", max_size=24)
    values = st.sampled_from([choice.value for field in FIELDS.values() for choice in field.choices])
    return st.text(max_size=40) | likely | values


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), cells_of_any_kind()))
@example({"assistant_certificate": "R\u00b8"})  # a mark that stands apart, in compatibility form
def test_any_row_ends_in_a_record_or_in_findings_and_reading_it_again_changes_nothing(
    cells: dict[str, Any],
) -> None:
    row = checked_row(raw(**cells), FIELDS, SITES)
    assert all(value == tidy(value) and "\x00" not in value for value in row.record.values())
    again = checked_row(RawRow(2, row.record), FIELDS, SITES)
    assert again.record == row.record
    if row.is_good:
        assert again.is_good
        assert all(FIELDS[code].required <= (code in row.record) for code in FIELDS)


@given(
    st.sampled_from([field for field in FIELDS.values() if field.kind is not Kind.TEXT]), st.text(max_size=30)
)
def test_a_field_with_a_form_takes_only_what_has_it(field: Field, written: str) -> None:
    try:
        value = value_of(field, tidy(written))
    except Unreadable:
        return
    assert value == "" or value in field.values or value[:4].isdecimal()
