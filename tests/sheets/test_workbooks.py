"""Workbooks as they come: what stands in their cells, and what spreadsheets have done to it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.registrations import sample_record
from tests.tables import HEADINGS, column, columns_of, repacked, saved, workbook
from webapp.rules.row_problems import Code, RawRow
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.tables import SheetRows, read_table

SHEET = "xl/worksheets/sheet1.xml"


def read(data: bytes) -> SheetRows:
    return read_table(data, "baoming.xlsx")


def rows_of(*records: dict[str, Any], title: tuple[str, ...] = (), **spoilt: Any) -> tuple[RawRow, ...]:
    return read(workbook(records, title=title, **spoilt)).rows


def refused(data: bytes) -> NoTable:
    with pytest.raises(NoTable) as none:
        read(data)
    return none.value


def test_a_sound_workbook_is_its_rows_with_their_lines() -> None:
    one, two = sample_record(1, "zhang"), sample_record(2, "li")
    table = read(workbook([one, two]))
    assert (table.kind, table.sheet, table.heading_line) == ("xlsx", "Sheet", 1)
    assert (table.absent, table.unknown) == ((), ())
    assert table.rows == (RawRow(2, one), RawRow(3, two))


def test_headings_are_found_below_title_rows_that_are_merged() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:H1")
        sheet.merge_cells("A2:H3")

    table = read(workbook([sample_record(1, "zhang")], title=("2020 年报名信息表", "制表", ""), change=merge))
    assert table.heading_line == 4
    assert [row.line for row in table.rows] == [5]


def test_headings_are_the_same_whatever_their_blanks_width_and_stars() -> None:
    def respell(sheet: Worksheet) -> None:
        sheet.cell(1, column("name")).value = " 姓 名 *"
        sheet.cell(1, column("permit_number")).value = "往来内地（大陆）通行证编号"
        sheet.cell(1, column("id_number")).value = "证件\n编号"
        sheet.cell(1, len(HEADINGS) + 1).value = "备注"

    table = read(workbook([sample_record(1, "zhang")], change=respell))
    assert (table.absent, table.unknown) == ((), ("备注",))


def test_numbers_dates_and_truths_become_what_a_person_would_write() -> None:
    (row,) = rows_of(
        sample_record(1, "zhang")
        | {
            "registration_number": 20201201000001,
            "site_code": 1201,
            "study_years": 5.0,
            "birth_date": date(1995, 2, 3),
            "graduated": datetime(2018, 7, 1),  # noqa: DTZ001 - cells have no zone
            "registered_at": datetime(2020, 1, 12, 9, 31, 5),  # noqa: DTZ001
            "fresh_graduate": False,
            "is_assistant": True,
        }
    )
    told = [
        row.cells[code]
        for code in ("registration_number", "site_code", "study_years", "birth_date", "graduated")
    ]
    assert told == ["20201201000001", "1201", "5", "1995-02-03", "2018-07-01"]
    assert row.cells["registered_at"] == "2020-01-12 09:31:05"
    assert (row.cells["fresh_graduate"], row.cells["is_assistant"]) == ("FALSE", "TRUE")


@pytest.mark.parametrize("number", [4.9e17, 990101199502030018, 10**15])
def test_a_number_of_more_than_15_digits_has_lost_some(number: float) -> None:
    (row,) = rows_of(sample_record(1, "zhang") | {"id_number": number})
    assert row.cells["id_number"] is Code.DAMAGED_NUMBER
    (whole,) = rows_of(sample_record(1, "zhang") | {"id_number": 10**15 - 1})
    assert whole.cells["id_number"] == "999999999999999"


def test_a_code_that_became_a_date_is_lost() -> None:
    (row,) = rows_of(sample_record(1, "zhang") | {"workplace_code": date(2026, 2, 3)})
    assert row.cells["workplace_code"] is Code.TEXT_AS_DATE


def test_formulas_have_their_result_or_are_told_and_errors_are_never_empty_cells() -> None:
    def spoil(parts: dict[str, bytes]) -> None:
        sheet = parts[SHEET].decode()
        cells = {
            "former_name": '<c r="{}" t="str"><f>UPPER("x")</f><v>X</v></c>',
            "permit_number": '<c r="{}" t="str"><f>IF(1,"","x")</f><v></v></c>',
            "major": '<c r="{}"><f>A1</f><v /></c>',
            "school": '<c r="{}"><f>A1</f></c>',
            "email": '<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
            "assistant_licence": '<c r="{}" t="e"><v>#N/A</v></c>',
        }
        written = ""
        for code, cell in cells.items():
            letters = get_column_letter(column(code))
            written += cell.format(f"{letters}3")
        last = sheet.rindex("</sheetData>")
        parts[SHEET] = (sheet[:last] + f'<row r="3">{written}</row>' + sheet[last:]).encode()

    _, row = read(repacked(workbook([sample_record(1, "zhang")]), spoil)).rows
    assert row.cells == {
        "former_name": "X",
        "major": Code.FORMULA_WITHOUT_RESULT,
        "school": Code.FORMULA_WITHOUT_RESULT,
        "email": Code.CELL_ERROR,
        "assistant_licence": Code.CELL_ERROR,
    }


def test_cells_merged_downwards_all_have_the_value_and_across_nobody_can_say() -> None:
    def merge(sheet: Worksheet) -> None:
        place = get_column_letter(column("unit_name"))
        sheet.merge_cells(f"{place}2:{place}3")
        first, last = (get_column_letter(column(code)) for code in ("school", "major"))
        sheet.merge_cells(f"{first}4:{last}4")

    records = [sample_record(number, f"k{number}") for number in (1, 2, 3)]
    rows = rows_of(*records, change=merge)
    assert rows[1].cells["unit_name"] == "示例市第一医院（虚构）"
    assert rows[2].cells["school"] == "示例医科大学"
    assert rows[2].cells["major"] is Code.MERGED_ACROSS


def test_empty_rows_repeated_headings_and_notes_beside_the_table_are_no_rows() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet.append([])
        sheet.append(["  ", "\u3000", None])
        sheet.append(list(HEADINGS))
        sheet.append(columns_of(sample_record(2, "li")))
        sheet.cell(2, len(HEADINGS) + 3).value = "已核"
        for row in range(7, 60):
            sheet.cell(row, 1).font = Font(bold=True)
            sheet.cell(row, 180).fill = PatternFill("solid", fgColor="FF0000")

    rows = rows_of(sample_record(1, "zhang"), change=spoil)
    assert [(row.line, row.more_cells) for row in rows] == [(2, False), (6, False)]


def test_the_one_sheet_with_the_table_is_read_and_two_are_refused() -> None:
    book = openpyxl.Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    cover.append(["说明"])
    cover.append(["报名序号", "姓名", "考点代码"])
    hidden = book.create_sheet("旧表")
    hidden.append(list(HEADINGS))
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("报名")
    sheet.append(list(HEADINGS))
    sheet.append(columns_of(sample_record(1, "zhang")))
    assert read(saved(book)).sheet == "报名"
    hidden.sheet_state = "visible"
    both = refused(saved(book))
    assert (both.why, both.facts) == (Why.SEVERAL_TABLES, {"sheets": ("旧表", "报名")})


def test_columns_that_must_be_there_are_named_when_they_are_missing() -> None:
    def drop(sheet: Worksheet) -> None:
        sheet.cell(2, column("status")).value = "状态"
        sheet.cell(2, column("level")).value = None
        sheet.cell(2, column("former_name")).value = None

    missing = refused(workbook([sample_record(1, "zhang")], title=("表",), change=drop))
    assert missing.why is Why.COLUMNS_MISSING
    assert missing.facts == {"columns": ("报考级别", "报名状态"), "line": 2}


def test_a_column_that_stands_twice_is_refused() -> None:
    def double(sheet: Worksheet) -> None:
        sheet.cell(1, len(HEADINGS) + 1).value = "姓　名"

    twice = refused(workbook([sample_record(1, "zhang")], change=double))
    assert (twice.why, twice.facts) == (Why.COLUMNS_TWICE, {"columns": ("姓名",), "line": 1})


def test_a_table_without_headings_or_without_rows_is_none() -> None:
    assert refused(saved(openpyxl.Workbook())).why is Why.NO_HEADINGS
    assert refused(workbook([], title=("表",) * 60)).why is Why.NO_HEADINGS
    assert refused(workbook([])).why is Why.NO_ROWS


def test_an_older_table_without_a_column_says_so() -> None:
    def drop(sheet: Worksheet) -> None:
        sheet.delete_cols(column("former_name"))

    table = read(workbook([sample_record(1, "zhang")], change=drop))
    assert table.absent == ("former_name",)
    assert "former_name" not in table.columns


def test_texts_that_cells_share_are_read_with_their_runs_and_without_their_reading_aid() -> None:
    def share(parts: dict[str, bytes]) -> None:
        sheet = parts[SHEET].decode()
        shared = sheet.replace('t="inlineStr"><is><t>测试甲</t></is>', 't="s"><v>1</v>')
        assert shared != sheet
        parts[SHEET] = shared.encode()
        runs = "<r><rPr><b/></rPr><t>测试</t></r><r><t>丁</t></r><rPh sb='0' eb='1'><t>ce</t></rPh>"
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        texts = f'<sst xmlns="{space}"><si><t>x</t></si><si>{runs}</si></sst>'
        parts["xl/sharedStrings.xml"] = texts.encode()

    table = repacked(workbook([sample_record(1, "zhang")]), share)
    assert read(table).rows[0].cells["name"] == "测试丁"


def test_a_workbook_whose_writer_spells_every_element_with_a_prefix_is_read_the_same() -> None:
    def prefix(parts: dict[str, bytes]) -> None:
        for name in (SHEET, "xl/workbook.xml"):
            spelled = re.sub(r"<(/?)(\w)", r"<\1x:\2", parts[name].decode())
            parts[name] = spelled.replace('xmlns="', 'xmlns:x="').encode()

    sound = workbook([sample_record(1, "zhang")])
    assert read(repacked(sound, prefix)) == read(sound)
