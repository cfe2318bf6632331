"""Real troubles of real tables, through the page: each has its own sentence, and nothing good is held up by it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.house import House
from tests.importing import PAGE, ImportsPage, figures, read_without_processes, words_of
from tests.registrations import id_number, sample_record
from tests.tables import HEADINGS, column, repacked, saved, text_table, workbook
from webapp.pages.staff.registration_words import EFFECTS, FATES, PROBLEMS, WARNINGS
from webapp.records import Candidate, Registration, RegistrationImport
from webapp.rules.roles import Role
from webapp.rules.row_problems import Code
from webapp.rules.taking import Effect, Fate

MATERIAL = os.environ.get("TEST_MATERIAL", "")
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.fixture
async def page(house: House, monkeypatch: pytest.MonkeyPatch) -> ImportsPage:
    """A manager of the region at the page; tables are read without processes."""
    read_without_processes(monkeypatch)
    return ImportsPage(house, await house.signed_in_staff("guanli", "12", Role.MANAGER))


def sound(change: Callable[[Worksheet], None] | None = None) -> bytes:
    """A table with one person."""
    return workbook([sample_record(1, "ceshi1")], change=change)


def with_part(name: str, content: bytes = b"x") -> bytes:
    return repacked(sound(), lambda parts: parts.update({name: content}))


def two_tables() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(sound()))
    sheet = book.copy_worksheet(book.worksheets[0])
    sheet.title = "备份"
    return saved(book)


def with_cell(row: int, place: int, value: str) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.cell(row, place, value)

    return sound(change)


def headings_changed(at: str, to: str) -> bytes:
    return with_cell(1, column(at), to)


NO_TABLES: list[tuple[bytes, int, str]] = [
    (b"", 422, "文件是空的"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", 415, "这不是表格文件"),
    (OLE + bytes(600), 415, "2003 以前的 .xls"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), 422, "打开密码"),
    (with_part("xl/workbook.bin"), 415, ".xlsb"),
    (with_part("content.xml"), 415, ".ods"),
    (b"<html><table><tr><td>1</td></tr></table></html>", 415, "网页或 XML"),
    (with_part("xl/vbaProject.bin"), 415, "带有宏"),
    (with_part("xl/externalLinks/externalLink1.xml"), 422, "引用了别的文件"),
    (with_part("docProps/app.xml", b'<!DOCTYPE x [<!ENTITY a "ha">]><x/>'), 422, "内部结构不正常"),
    (with_part("xl/media/zeros.xml", b"<x>" + b"0" * 3_000_000 + b"</x>"), 422, "展开以后大得不像"),
    (sound()[:-400], 422, "已损坏"),
    ("报名序号\n\xff".encode("latin-1", "replace") + b"\xff\xff\xff\n", 422, "编码不是 UTF-8"),
    (text_table([sample_record(1, "a")]) + b'"', 422, "引号不成对"),
    (with_cell(1, 300, "x"), 422, "超过 200 列"),
    (with_cell(1_000_000, 1, "x"), 422, "范围太大"),
    ("甲,乙\n1,2\n".encode(), 422, "没有找到表头"),
    (two_tables(), 422, "几张表都像报名数据：Sheet、备份"),
    (headings_changed("id_number", "号码"), 422, "少了必须有的列：证件编号。表头在第 1 行"),
    (headings_changed("email", "姓名"), 422, "出现了不止一次：姓名"),
    (workbook([]), 422, "表头下面没有数据"),
]


@either_will_do
async def test_each_file_that_is_no_table_has_its_own_sentence_and_status(
    page: ImportsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await page.upload(sound())).status == 303
    said = set()
    for data, status, words in NO_TABLES:
        answer = await page.upload(data)
        told = words_of(answer)
        assert (answer.status, words in told) == (status, True), (words, told[:400])
        assert answer.text.count('role="alert"') == 1
        said.add(words)
    assert len(said) == len(NO_TABLES)

    none = await page.browser.upload(PAGE, {}, b"", name="")
    assert (none.status, "还没有选文件" in words_of(none)) == (422, True)
    assert (await page.browser.post(PAGE, {"file": "x"})).status == 415
    monkeypatch.setattr("webapp.actions.upload_registrations.MOST_BYTES", 1 << 20)
    large = await page.upload(b"x" * ((1 << 20) + 1))
    assert (large.status, "文件超过 1 MB" in words_of(large)) == (413, True)
    assert await RegistrationImport.all().count() == 1
    assert (
        len([key async for key, _age in page.desk.shelf.keys((await RegistrationImport.get()).uploaded_at)])
        == 1
    )


def spoil(sheet: Worksheet) -> None:
    """What spreadsheets and hurried people do to rows 3 to 15; the headings stand in row 2."""
    sheet.cell(4, column("id_number"), 4.9e17)
    sheet.cell(5, column("id_number"), id_number(3)[:15] + "000")
    sheet.cell(6, column("site_code"), "1299")
    sheet.cell(7, column("id_number"), id_number(5)[:-2])
    sheet.cell(8, column("workplace_code"), date(2020, 3, 2))
    sheet.cell(9, column("name"), '=A1&"x"')
    sheet.cell(10, column("graduated"), "2018.1")
    sheet.cell(11, column("category"), "外科")
    sheet.merge_cells(start_row=12, start_column=column("name"), end_row=12, end_column=column("former_name"))
    sheet.cell(13, column("level"), "")
    sheet.cell(14, column("birth_date"), "#N/A")
    # These are read as they were meant.
    sheet.cell(15, column("name"), "测？")
    sheet.cell(16, column("registration_number"), "２０２０１２０１００００１４　 ")
    sheet.cell(16, column("birth_date"), datetime(1995, 2, 3))  # noqa: DTZ001 - a spreadsheet knows no zones
    sheet.cell(16, column("site_code"), 1201)
    sheet.cell(16, column("graduated"), "2018年7月")
    sheet.merge_cells(
        start_row=15, start_column=column("unit_name"), end_row=16, end_column=column("unit_name")
    )
    sheet.cell(40, 1, "   ")


FAILED = {
    4: "科学计数",
    5: "末尾几位已经丢失",
    6: "没有这个考点，现有 1201 到 1216",
    7: "有 16 位，应为 18 位",
    8: "变成了日期",
    9: "没有算出结果",
    10: "可能是 1 月",
    11: "可以填：临床、口腔",
    12: "与别的列合并",
    13: "没有填",
    14: "#N/A",
    17: "与第 18 行的报名序号相同",
    18: "与第 17 行的报名序号相同",
}


async def test_a_table_with_all_troubles_takes_what_is_good_and_hands_back_the_rest(
    page: ImportsPage,
) -> None:
    people = [sample_record(n, f"ceshi{n}", permit_number="") for n in range(1, 15)]
    twins = [sample_record(20, "shuang1"), sample_record(20, "shuang1", name="测试乙")]
    data = workbook([*people, *twins], title=["2020 年医师资格考试报名数据"], change=spoil)

    shown = await page.dry_run(data, show="failed")
    words = words_of(shown)
    for line, why in FAILED.items():
        assert f"第 {line} 行" in words
        assert why in words, why
    assert "4.9E+17" in words
    assert '<span class="cell">P4</span>' in shown.text
    assert (figures(shown)["文件里的行"], figures(shown)["出错"]) == (16, 13)
    assert "可能是生僻字没有导出来" in words_of(await page.shown("warned"))

    done = await page.take()
    assert (figures(done)["新增"], figures(done)["出错"]) == (3, 13)
    read = (await Registration.get(number="20201201000014")).record
    assert (read["birth_date"], read["graduated"], read["site_code"]) == ("1995-02-03", "2018-07", "1201")
    assert read["unit_name"] == people[12]["unit_name"], "merged below each other: the same for all"

    book = openpyxl.load_workbook(io.BytesIO((await page.browser.get(f"{page.at}/failed.xlsx")).body))
    sheet = book.worksheets[0]
    assert [sheet.cell(2, len(HEADINGS) + more).value for more in (1,)] == ["4"]
    assert "科学计数" in str(sheet.cell(2, len(HEADINGS) + 2).value)
    sheet.cell(2, column("id_number"), people[1]["id_number"])
    mended = await page.dry_run(saved(book))
    assert (figures(mended)["新增"], figures(mended)["出错"]) == (1, 12)
    await page.take()
    assert await Candidate.all().count() == 4
    text = (await page.browser.get(f"{page.at}/failed.csv")).text
    assert "2020 年医师资格考试报名数据" not in text
    assert text.splitlines()[0].endswith("原文件行号,出错原因")


@either_will_do
async def test_texts_in_every_encoding_and_delimiter_are_read(page: ImportsPage) -> None:
    for number, (encoding, delimiter, named) in enumerate(
        [
            ("gbk", ",", "GB18030"),
            ("gb18030", "\t", "GB18030"),
            ("utf-8-sig", ";", "UTF-8"),
            ("utf-16", ",", "UTF-16"),
        ]
    ):
        people = [sample_record(number + 1, f"ceshi{number}", name="测试·甲")]
        data = text_table(people, title=["报名数据"], encoding=encoding, delimiter=delimiter)
        shown = await page.dry_run(data, "baoming.csv")
        assert figures(shown)["新增"] == 1, encoding
        assert f"{named}，表头在第 2 行" in words_of(shown)
        await page.take()
    assert {one.name for one in await Candidate.all()} == {"测试·甲"}


@either_will_do
async def test_columns_too_many_and_too_few_are_named(page: ImportsPage) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(1, column("email"), "备注<b>")

    await page.dry_run(sound())
    await page.take()
    shown = words_of(await page.dry_run(sound(change)))
    assert "认出 51 列，1 列不读" in shown
    assert "文件里有、这里不读：备注<b>" in shown
    assert "文件里没有、已知内容保留：电子邮箱" in shown


def test_every_finding_every_effect_and_every_fate_has_words_on_the_page() -> None:
    assert set(PROBLEMS) | set(WARNINGS) == set(Code)
    assert not set(PROBLEMS) & set(WARNINGS)
    assert set(EFFECTS) == set(Effect)
    assert set(FATES) == set(Fate)


@either_will_do
@pytest.mark.skipif(not MATERIAL, reason="TEST_MATERIAL names no folder with third-party files")
async def test_tables_of_other_people_are_refused_with_a_sentence_and_nothing_breaks(
    page: ImportsPage,
) -> None:
    files = sorted((Path(MATERIAL) / "corpus" / "text").glob("*.xlsx"))
    files += sorted((Path(MATERIAL) / "corpus" / "text").glob("*.csv"))[:12]
    assert len(files) > 10
    for file in files:
        answer = await page.upload(file.read_bytes(), file.name)
        assert answer.status in {415, 422}, file.name
        assert answer.text.count('role="alert"') == 1, file.name
    assert (await page.upload(sound())).status == 303
