"""Registrations imported on the page: dry run, taking in, dropping, real troubles of real files, and who may."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.house import House
from tests.importing import PAGE, ImportsPage, figures, words_of
from tests.registrations import sample_record
from tests.tables import column, text_table, workbook
from webapp.records import Candidate, Event, ImportRow, RegistrationImport
from webapp.rules.roles import Role

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def page(house: House) -> ImportsPage:
    """A manager of the region at the page."""
    return ImportsPage(house, await house.signed_in_staff("guanli", "12", Role.MANAGER))


async def test_a_file_is_shown_before_it_is_taken_in_and_counted_afterwards(page: ImportsPage) -> None:
    people = [sample_record(n, f"ceshi{n}") for n in range(1, 4)]
    shown = await page.dry_run(workbook(people, title=["2020 年医师资格考试报名"]))
    assert figures(shown)["新增"] == 3
    assert "表头在第 2 行" in words_of(shown)
    assert "导入 3 行" in words_of(shown)
    assert await Candidate.all().count() == 0

    done = await page.take()
    assert figures(done)["新增"] == 3
    assert "已导入" in words_of(done)
    assert await Candidate.all().count() == 3
    (event,) = await Event.filter(what="registrations.taken")
    assert (event.facts["added"], event.subject) == (3, f"import:{page.at.rpartition('/')[2]}")
    upload = await RegistrationImport.get()
    assert (upload.state, upload.shelf_key) == ("taken", "")
    assert [key async for key, _age in page.desk.shelf.keys(upload.uploaded_at)] == []
    assert "报名数据.xlsx" in words_of(await page.browser.get(PAGE))
