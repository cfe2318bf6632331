"""Registrations come in as an operator types it: real files with their troubles, on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet

from tests.house import EXAM
from tests.registrations import id_number, sample_record
from tests.tables import HEADINGS, column, columns_of, text_table, workbook
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.clock import now
from webapp.commands import main
from webapp.database import opened_database, transaction
from webapp.import_words import COUNTED, OF_EFFECTS, OF_FILES, OF_ROWS
from webapp.records import Candidate, Case, Event, Photo, PhotoVersion, Registration, Unit
from webapp.records.reading.chains import all_breaks
from webapp.rules.fields import FIELDS, Record
from webapp.rules.row_problems import Code
from webapp.rules.taking import Effect
from webapp.sheets.refusals import Why

Answer = TypeVar("Answer")
Imported = Callable[..., Result]


@pytest.fixture
def imported(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imported:
    """Types ``webapp import-registrations`` on a host with an exam; bytes are put into a file."""
    for other in ("WEBAPP_ORIGIN", "WEBAPP_KEYS", "WEBAPP_DEMO"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("WEBAPP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WEBAPP_DATABASE_URL", database_url)
    monkeypatch.setenv("WEBAPP_MOVABLE_CLOCK", "yes")

    def run(table: bytes | None, *words: str) -> Result:
        file = tmp_path / "table"
        file.write_bytes(table or b"")
        named = [str(file)] if table is not None else []
        return CliRunner().invoke(main, ["import-registrations", *named, *words])

    return run


def asked(url: str, question: Callable[[], Awaitable[Answer]]) -> Answer:
    """What the database says."""

    async def ask() -> Answer:
        async with opened_database(url):
            return await question()

    return asyncio.run(ask())


async def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that an import could touch."""
    models = (Candidate, Registration, Unit, Case, Event, Photo, PhotoVersion)
    return {model.__name__: await model.all().order_by("id").values() for model in models}


def told(result: Result) -> dict[str, Any]:
    """The report for tools."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[fate] for fate in ("added", "changed", "same", "failed"))


def troubled() -> bytes:
    """Title rows, and in the rows below nearly all that has been seen in such tables."""

    def spoil(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:K1")
        sheet.append([])
        sheet.cell(20, 3).value = "  "

    records: list[dict[str, Any]] = [
        sample_record(1, "k1"),
        sample_record(
            2, "k2", name="Ｊｏｈｎ　Ｓｍｉｔｈ", phone="１３８０００００００２", graduated="2018年7月"
        ),
        sample_record(3, "k3") | {"id_number": 4.9e17},
        sample_record(4, "k4", site="9999"),
        sample_record(5, "k5"),
        sample_record(5, "k5", name="测试戊"),
        sample_record(6, "k6", name="测试?"),
        sample_record(7, "k7", id_number=id_number(1), registered_at="2020-01-13 08:00:00"),
        sample_record(8, "k8") | {"former_name": "=A1"},
        sample_record(9, "k9") | {"birth_date": date(1995, 2, 3), "probation_period": "2019-02—2020-04"},
    ]
    return workbook(records, title=("2020 年医师资格考试报名信息表", ""), change=spoil)


def test_a_table_makes_candidates_and_cases_and_names_what_it_cannot_take(
    imported: Imported, database_url: str
) -> None:
    report = told(imported(troubled(), "--json"))
    assert counts(report) == (4, 1, 0, 5)
    assert (report["kind"], report["heading_line"], report["cases"]) == ("xlsx", 3, {"collecting": 4})
    assert report["effects"] == {"taken_over": 1}
    failed = {
        row["line"]: [(problem["column"], problem["code"]) for problem in row["problems"]]
        for row in report["rows"]
        if row["fate"] == "failed"
    }
    assert failed == {
        6: [("证件编号", "damaged_number")],
        7: [("考点代码", "site_unknown")],
        8: [("报名序号", "number_twice")],
        9: [("报名序号", "number_twice")],
        12: [("曾用名", "formula_without_result")],
    }
    people = asked(database_url, lambda: Candidate.all().order_by("registration_number").values())
    assert [person["name"] for person in people] == ["John Smith", "测试?", "测试甲", "测试甲"]
    registrations = asked(database_url, lambda: Registration.all().order_by("number"))
    records = [registration.record for registration in registrations]
    assert records[1] == sample_record(2, "k2", name="John Smith", phone="13800000002")
    assert records[4] == sample_record(9, "k9")
    assert asked(database_url, lambda: Case.all().count()) == 4
    assert asked(database_url, all_breaks) == []


def test_the_plain_report_names_lines_and_reasons_and_nobody(imported: Imported) -> None:
    shown = imported(troubled())
    assert shown.exit_code == 1
    assert "headings in line 3, 10 rows" in shown.output
    assert "line 6 (20201201000003) failed: 证件编号 has lost its last digits" in shown.output
    assert "line 10 (20201201000006) warning: 姓名 may lack a rare character" in shown.output
    assert "added: lines 4-5, 10, 13" in shown.output
    assert "line 11 (20201201000007): registered anew: account, case and photos go over" in shown.output
    assert "4 added, 1 changed, 0 same, 5 failed, 0 superseded, 0 cancelled; cases made: 4;" in shown.output
    for secret in ("测试", "Smith", "990101", "4.9", "13800000002", "k2"):
        assert secret not in shown.output


def test_a_dry_run_says_what_the_real_run_then_does_and_writes_nothing(
    imported: Imported, database_url: str
) -> None:
    before = asked(database_url, everything)
    rehearsed = told(imported(troubled(), "--dry-run", "--json"))
    assert asked(database_url, everything) == before
    done = told(imported(troubled(), "--json"))
    assert asked(database_url, everything) != before
    assert rehearsed.pop("dry_run") is True
    assert done.pop("dry_run") is False
    assert rehearsed == done


def test_the_same_table_again_changes_nothing_in_any_format(imported: Imported, database_url: str) -> None:
    records = [sample_record(number, f"k{number}", former_name="") for number in range(1, 6)]
    assert imported(workbook(records)).exit_code == 0
    before = asked(database_url, everything)
    for table in (
        workbook(records),
        text_table(records, title=("报名表",), encoding="gb18030"),
        text_table(records, encoding="utf-8-sig", delimiter="\t"),
    ):
        assert counts(told(imported(table, "--json"))) == (0, 0, 5, 0)
    assert asked(database_url, everything) == before


@transaction
async def upload() -> None:
    """Two photos of the first case, one of them removed."""
    case = await Case.all().order_by("id").first()
    assert case is not None
    for number, removed in enumerate((None, now())):
        photo = await Photo.create(
            id=uuid4(), case_id=case.id, material="ID", slot="front", sha256="0" * 64, size=1,
            received_at=now(), removed_at=removed,
        )  # fmt: skip
        await PhotoVersion.create(
            photo_id=photo.id, number=1, shelf_key=f"s{number}", preview_key=f"p{number}", size=1, width=1,
            height=1, media_type="image/jpeg", sha256="0" * 64, facts={}, made_at=now(),
        )  # fmt: skip


def test_changed_rows_change_and_uploads_stay_as_they_are(imported: Imported, database_url: str) -> None:
    records = [sample_record(number, f"k{number}") for number in (1, 2, 3)]
    imported(workbook(records))
    asked(database_url, upload)
    before = asked(database_url, everything)
    assert len(before["Photo"]) == len(before["PhotoVersion"]) == 2
    changed: list[Record] = [
        {**records[0], "basis": "师承或确有专长", "former_name": "测试丙"},
        {**records[1], "site_code": "1202"},
    ]
    report = told(imported(workbook(changed), "--json"))
    assert counts(report) == (0, 2, 0, 0)
    assert report["rows"][0]["changed_fields"] == ["basis", "former_name"]
    after = asked(database_url, everything)
    assert (after["Photo"], after["PhotoVersion"]) == (before["Photo"], before["PhotoVersion"])
    assert len(after["Candidate"]) == len(after["Case"]) == 3, "a row that is missing withdraws nobody"
    plain = imported(workbook(records))
    assert "line 2 (20201201000001) changed: 学历依据, 曾用名" in plain.output


def test_a_registration_that_comes_with_another_identity_is_taken_and_pointed_out(imported: Imported) -> None:
    imported(workbook([sample_record(1, "k1")]))
    shown = imported(workbook([sample_record(1, "k1", id_number=id_number(2))]))
    assert shown.exit_code == 0
    assert "line 2 (20201201000001) changed: 证件编号\n" in shown.output
    assert "warning: 证件编号 differs from what was known" in shown.output


def test_a_column_that_is_not_in_the_table_leaves_what_is_known(
    imported: Imported, database_url: str
) -> None:
    def drop(sheet: Worksheet) -> None:
        sheet.delete_cols(column("former_name"))

    known = sample_record(1, "k1", former_name="测试丙")
    imported(workbook([known]))
    report = told(imported(workbook([known], change=drop), "--json"))
    assert (counts(report), report["absent_columns"]) == ((0, 0, 1, 0), ["曾用名"])
    shown = imported(workbook([known | {"name": "测试乙"}], change=drop))
    assert "not in this table, known values stay: 曾用名" in shown.output
    assert asked(database_url, Registration.get).record["former_name"] == "测试丙"
    emptied = told(imported(workbook([known | {"former_name": "无"}]), "--json"))
    assert emptied["rows"][0]["changed_fields"] == ["former_name", "name"]


def test_rows_that_stand_against_people_who_are_there_fail_and_the_others_are_taken(
    imported: Imported, database_url: str
) -> None:
    imported(workbook([sample_record(1, "k1"), sample_record(3, "k3")]))
    table = workbook(
        [
            sample_record(2, "K1"),
            sample_record(3, "k3", id_number=id_number(1)),
            sample_record(4, "k4"),
        ]
    )
    shown = imported(table)
    assert shown.exit_code == 1
    assert "line 2 (20201201000002) failed: the user name is another person's" in shown.output
    assert "line 3 (20201201000003) failed: the registration number is one person's and" in shown.output
    assert asked(database_url, lambda: Candidate.all().count()) == 3


def test_a_table_that_comes_after_the_bell_says_that_its_cases_are_withdrawn(
    imported: Imported, database_url: str
) -> None:
    asked(database_url, lambda: move_exam_clock(EXAM, timedelta(days=9), by="operator"))
    table = workbook([sample_record(1, "k1")])
    late = "cases made: 1, 1 of them withdrawn because the bell has rung"
    rehearsed = imported(table, "--dry-run").output
    assert (
        f"It would be: 1 added, 0 changed, 0 same, 0 failed, 0 superseded, 0 cancelled; {late}" in rehearsed
    )
    assert (
        "made withdrawn because the bell has rung (--bell-for-late gives such cases a bell): lines 2"
        in rehearsed
    )
    assert late in imported(table).output


def test_cases_made_after_their_bell_get_one_of_their_own_where_the_import_is_told_one(
    imported: Imported, database_url: str
) -> None:
    asked(database_url, lambda: move_exam_clock(EXAM, timedelta(days=9), by="operator"))
    table = workbook([sample_record(1, "k1")])
    day = now() + timedelta(days=20)
    for wrong, why in (("soon", "a moment is written as"), ("2020-05-10 24:00", "or it is over")):
        refused = imported(table, "--bell-for-late", wrong)
        assert (refused.exit_code, why in refused.output) == (2, True)
    assert asked(database_url, lambda: Case.all().count()) == 0
    rehearsed = told(imported(table, "--dry-run", "--json", "--bell-for-late", f"{day:%Y-%m-%d} 24:00"))
    done = told(imported(table, "--json", "--bell-for-late", f"{day:%Y-%m-%d} 24:00"))
    assert (done["cases"], done["effects"]) == ({"collecting": 1}, {"own_bell": 1})
    assert rehearsed | {"dry_run": False} == done
    case = asked(database_url, Case.get)
    assert case.bell == datetime.combine(
        day.date() + timedelta(days=1), datetime.min.time(), ZoneInfo("Asia/Shanghai")
    )


def test_files_of_one_person_who_registered_anew_come_to_the_same_in_each_order(
    imported: Imported, database_url: str
) -> None:
    old = sample_record(1, "k1", registered_at="2020-01-10 08:00:00")
    new = sample_record(2, "k2", id_number=id_number(1), registered_at="2020-01-11 08:00:00")
    cancelled = {**old, "status": "取消"}
    both = imported(workbook([cancelled, new]), "--dry-run")
    assert both.exit_code == 0
    assert "nothing else changes): lines 2\n" in both.output
    other_order = imported(workbook([new, old]), "--dry-run")
    assert "kept as history): lines 3\n" in other_order.output
    assert imported(workbook([old])).exit_code == 0
    withdrawn = imported(workbook([cancelled]))
    assert "line 2 (20201201000001): cancelled: the case is withdrawn" in withdrawn.output
    assert asked(database_url, Case.get).stage == "withdrawn"
    anew = imported(workbook([new]))
    assert "; registered anew: 1; restored: 1" in anew.output
    assert asked(database_url, Case.get).stage == "collecting"
    late = told(imported(workbook([old]), "--json"))
    assert (late["superseded"], late["effects"]) == (1, {})
    assert asked(database_url, Candidate.get).user_name == "k2"
    assert asked(database_url, all_breaks) == []


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"", "the file is empty"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "save it as .xlsx"),
        (b"<table></table>", "this is a web page"),
        (workbook([]), "no row below the headings"),
        (text_table([]).replace("姓名".encode(), b""), "missing: 姓名; the headings are in line 1"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_2_and_one_line(
    imported: Imported, table: bytes, sentence: str
) -> None:
    result = imported(table)
    assert result.exit_code == 2
    assert sentence in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_what_is_not_there_is_said(imported: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    assert imported(None).exit_code == 2
    assert "--columns" in imported(None).output
    monkeypatch.setenv("WEBAPP_DATABASE_URL", "postgres://nobody:x@127.0.0.1:1/none")
    away = imported(workbook([sample_record(1, "k1")]))
    assert (away.exit_code, "does not answer" in away.output) == (1, True)


def test_a_table_comes_in_through_standard_input(imported: Imported) -> None:
    typed = ["import-registrations", "-", "--json"]
    result = CliRunner().invoke(main, typed, input=workbook([sample_record(1, "k1")]))
    assert counts(told(result)) == (1, 0, 0, 0)


def test_the_columns_are_listed_with_what_may_stand_in_them(imported: Imported) -> None:
    lines = [line.split("\t") for line in imported(None, "--columns").output.splitlines()]
    assert [line[0] for line in lines] == list(HEADINGS)
    by_heading = {heading: (needed, form) for heading, needed, form in lines}
    assert by_heading["报考级别"] == ("required", "执业医师 | 执业助理医师")
    assert by_heading["毕业年月"] == ("", "month, 2018-07")


def test_every_code_has_a_sentence() -> None:
    assert set(OF_ROWS) == set(Code)
    assert set(OF_EFFECTS) == set(COUNTED) == set(Effect)
    assert set(OF_FILES) == set(Why)


def test_more_rows_than_a_slice_holds_are_all_compared(imported: Imported) -> None:
    def person(serial: int) -> list[Any]:
        return columns_of(sample_record(serial, f"k{serial}"))

    def fill(sheet: Worksheet) -> None:
        for serial in range(450):
            sheet.append(person(serial))

    table = workbook([], title=("表",), change=fill)
    assert counts(told(imported(table, "--dry-run", "--json"))) == (450, 0, 0, 0)


def test_headings_belong_to_all_fields() -> None:
    assert len(HEADINGS) == len(set(HEADINGS)) == len(FIELDS)
