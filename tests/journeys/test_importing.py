"""Registrations imported on the page: dry run, taking in, dropping, real troubles of real files, and who may."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from tests.cases.way import put_photo
from tests.house import House, activated_candidate
from tests.importing import PAGE, ImportsPage, figures, read_without_processes, words_of
from tests.registrations import sample_record
from tests.tables import column, workbook
from webapp.actions import judge_import
from webapp.actions.take_registrations import take_registrations
from webapp.actions.work_imports import work_imports
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.shelf import NotOnShelf, shelf_key
from webapp.records import Candidate, Case, Event, ImportRow, Photo, Registration, RegistrationImport
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def page(house: House, monkeypatch: pytest.MonkeyPatch) -> ImportsPage:
    """A manager of the region at the page; tables are read without processes."""
    read_without_processes(monkeypatch)
    return await page_of(house)


async def page_of(house: House) -> ImportsPage:
    """A manager of the region at the page."""
    return ImportsPage(house, await house.signed_in_staff("guanli", "12", Role.MANAGER))


async def photo_of(candidate: Candidate) -> UUID:
    """A photo that they have uploaded."""
    case = await Case.get(candidate_id=candidate.id)
    return await put_photo(case.id, "ID.front")


@transaction
async def uploaded_days_ago(days: int) -> None:
    """As if the files had been uploaded then."""
    await RegistrationImport.all().update(uploaded_at=now() - timedelta(days=days))


async def test_a_file_is_shown_before_it_is_taken_in_and_counted_afterwards(house: House) -> None:
    page = await page_of(house)
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
    record = words_of(await page.browser.get("/staff/events"))
    assert "导入报名记录 报名数据.xlsx" in record
    assert "上传报名数据 报名数据.xlsx" in record


async def test_what_was_uploaded_stays_whatever_a_table_says(page: ImportsPage) -> None:
    moved = await activated_candidate("banjia", "1201")
    gone = await activated_candidate("quxiao", "1201")
    kept = await activated_candidate("liuxia", "1201")
    photos = {one.id: await photo_of(one) for one in (moved, gone, kept)}
    records = {one.id: dict((await Registration.get(candidate_id=one.id)).record) for one in (moved, gone)}
    records[moved.id] |= {"site_code": "1202", "former_name": "曾用"}
    records[gone.id] |= {"status": "取消"}

    shown = await page.dry_run(workbook(records.values()))
    assert (figures(shown)["有变化"], figures(shown)["关闭的档案"], figures(shown)["文件里没有的"]) == (
        2,
        1,
        1,
    )
    words = words_of(shown)
    assert "档案转到新考点，照片保留" in words
    assert "增加必传：姓名或证件信息变更证明" in words
    assert "<del>1201" in shown.text
    assert "<ins>1202" in shown.text

    await page.take()
    for one, photo in photos.items():
        assert (await Photo.get(id=photo)).removed_at is None
        assert (await Photo.get(id=photo).prefetch_related("case")).case.candidate_id == one
    stages = {case.candidate_id: case.stage for case in await Case.all()}
    assert (stages[moved.id], stages[gone.id], stages[kept.id]) == ("collecting", "withdrawn", "collecting")


@pytest.mark.parametrize("newer_first", [True, False])
async def test_registered_anew_is_one_person_in_both_orders_of_the_file(
    page: ImportsPage, newer_first: bool
) -> None:
    person = await activated_candidate("chongbao", "1201")
    photo = await photo_of(person)
    old = dict((await Registration.get(candidate_id=person.id)).record) | {"status": "取消"}
    new = old | {
        "registration_number": "2020120900001",
        "status": "报名成功",
        "registered_at": "2020-01-20 10:00:00",
    }
    shown = await page.dry_run(workbook([new, old] if newer_first else [old, new]))
    assert "重新报考：账号、档案和照片转到这条报名" in words_of(shown)

    await page.take()
    (candidate,) = await Candidate.all()
    assert candidate.registration_number == new["registration_number"]
    (case,) = await Case.all()
    assert (case.stage, case.candidate_id) == ("collecting", person.id)
    assert (await Photo.get(id=photo)).case_id == case.id
    again = await page.dry_run(workbook([old, new]))
    assert "没有要导入的行" in words_of(again)


async def test_cases_made_after_the_bell_get_the_time_that_the_manager_gives(page: ImportsPage) -> None:
    await page.house.exam_time(now() + timedelta(days=4))
    shown = await page.dry_run(workbook([sample_record(1, "wandao"), sample_record(2, "wandao2")]))
    assert "2 份档案建立时已过上传截止" in words_of(shown)
    assert "已过截止，档案记为未提交材料" in words_of(shown)

    early = await page.browser.post(f"{page.at}/import", {"bell": "2020-01-01T00:00"})
    assert early.status == 422
    assert "新的截止时间要晚于原来的" in words_of(early)
    assert 'value="2020-01-01T00:00"' in early.text
    assert (await RegistrationImport.get()).state == "ready"

    done = await page.take(bell="2090-01-01T00:00")
    assert "建立时已过截止，给单独的截止时间" in words_of(done)
    assert "与试运行不同" not in words_of(done), "it was asked for"
    assert {case.stage for case in await Case.all()} == {"collecting"}


async def test_where_the_world_has_moved_on_the_page_says_what_went_otherwise(page: ImportsPage) -> None:
    ours, theirs = sample_record(1, "ceshi1"), sample_record(2, "ceshi2")
    await page.dry_run(workbook([ours, theirs]))
    await take_registrations(await open_exam(), [theirs], by="operator")

    done = await page.take()
    assert (figures(done)["新增"], figures(done)["没变化"]) == (1, 1)
    assert "与试运行不同的 1 行" in words_of(done)
    assert "试运行时：新增" in words_of(done)
    assert await Candidate.all().count() == 2


async def test_work_that_is_killed_goes_on_where_it_stood(
    page: ImportsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.sheets.reading.SLICE", 2)
    people = [sample_record(n, f"ceshi{n}") for n in range(1, 8)]
    written = judge_import._write

    async def killed(upload: RegistrationImport, start: int, *rest: Any) -> None:
        await written(upload, start, *rest)
        if start == 2:
            raise asyncio.CancelledError

    await page.upload(workbook(people))
    monkeypatch.setattr(judge_import, "_write", killed)
    with pytest.raises(asyncio.CancelledError):
        await work_imports(page.desk)
    shown = await page.shown()
    assert "已核对 4 行，共 7 行" in words_of(shown)
    assert '<meta http-equiv="refresh"' in shown.text
    told = (await page.browser.get(f"{page.at}/progress")).told
    assert (told["state"], told["done"], told["rows"]) == ("judging", 4, 7)
    assert (await page.browser.post(f"{page.at}/import")).status == 409

    monkeypatch.setattr(judge_import, "_write", written)
    await work_imports(page.desk)
    assert figures(await page.shown())["新增"] == 7

    async def no_breath(_seconds: float) -> None:
        if await Candidate.all().count() == 4:
            raise asyncio.CancelledError

    with monkeypatch.context() as during:
        during.setattr("webapp.actions.take_import.asyncio.sleep", no_breath)
        with pytest.raises(asyncio.CancelledError):
            await page.take()
    assert "已导入 4 行，共 7 行" in words_of(await page.shown())
    dropped = await page.browser.post(f"{page.at}/drop")
    assert (dropped.status, await Candidate.all().count()) == (409, 4)

    await asyncio.gather(*(work_imports(page.desk) for _ in range(3)))
    assert figures(await page.shown())["新增"] == 7
    assert await Candidate.all().count() == 7
    assert await ImportRow.all().count() == 7
    assert await ImportRow.filter(marks__contains="differs").count() == 0
    assert await Event.filter(what="registrations.taken").count() == 1


@either_will_do
async def test_a_process_that_is_to_end_leaves_the_rest_to_the_next(
    page: ImportsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.sheets.reading.SLICE", 2)
    await page.upload(workbook([sample_record(n, f"ceshi{n}") for n in range(1, 6)]))
    ending = replace(page.desk, stop=asyncio.Event())
    written = judge_import._write

    async def last(*what: Any) -> None:
        await written(*what)
        ending.stop.set()

    with monkeypatch.context() as during:
        during.setattr(judge_import, "_write", last)
        await work_imports(ending)
    assert "已核对 2 行，共 5 行" in words_of(await page.shown())
    await work_imports(ending)
    assert "已核对 2 行，共 5 行" in words_of(await page.shown())
    await work_imports(page.desk)
    assert figures(await page.take())["新增"] == 5


async def test_a_file_that_is_dropped_leaves_nothing_behind(page: ImportsPage) -> None:
    await page.dry_run(workbook([sample_record(1, "ceshi1")]))
    upload = await RegistrationImport.get()
    assert await page.desk.shelf.get(shelf_key(upload.shelf_key))
    assert await ImportRow.all().count() == 1

    answer = await page.browser.post(f"{page.at}/drop")
    assert answer.leads_to == f"{PAGE}?done=dropped"
    assert "没有导入任何数据" in words_of(await page.browser.get(answer.leads_to))
    assert await ImportRow.all().count() == await Candidate.all().count() == 0
    with pytest.raises(NotOnShelf):
        await page.desk.shelf.get(shelf_key(upload.shelf_key))
    late = await page.browser.post(f"{page.at}/import")
    assert late.status == 409
    assert "已经放弃" in words_of(late)


@either_will_do
async def test_one_file_is_taken_in_at_a_time_and_the_other_says_so(page: ImportsPage) -> None:
    await page.dry_run(workbook([sample_record(1, "ceshi1")]))
    first = page.at
    await page.dry_run(workbook([sample_record(2, "ceshi2")]))
    assert (await page.browser.post(f"{first}/import")).status == 303
    second = await page.browser.post(f"{page.at}/import")
    assert second.status == 409
    assert "一次只导入一个" in words_of(second)
    assert "正在导入 报名数据.xlsx" in words_of(await page.browser.get(PAGE))
    assert (await page.browser.post(f"{first}/import")).status == 409
    await work_imports(page.desk)
    assert "已导入，" in words_of(await page.take())
    assert await Candidate.all().count() == 2


@either_will_do
async def test_the_same_file_again_is_known_and_does_nothing_twice(page: ImportsPage) -> None:
    data = workbook([sample_record(1, "ceshi1")])
    await page.dry_run(data)
    await page.take()
    again = await page.dry_run(data)
    assert "已经导入过" in words_of(again)
    nothing = await page.browser.post(f"{page.at}/import")
    assert nothing.status == 409
    assert "没有要导入的行" in words_of(nothing)


@either_will_do
async def test_a_file_that_has_gone_from_the_shelf_stops_with_a_word(page: ImportsPage) -> None:
    await page.dry_run(workbook([sample_record(1, "ceshi1")]))
    await page.desk.shelf.delete(shelf_key((await RegistrationImport.get()).shelf_key))
    stopped = await page.take()
    assert "文件读不了了，已停下" in words_of(stopped)
    assert (await page.browser.post(f"{page.at}/import")).status == 409
    assert "新增的 1 行" in words_of(await page.dry_run(workbook([sample_record(1, "ceshi1")])))


@either_will_do
async def test_a_file_that_nobody_decides_on_goes_after_a_week(page: ImportsPage) -> None:
    await page.dry_run(workbook([sample_record(1, "ceshi1")]))
    await work_imports(page.desk)
    assert (await RegistrationImport.get()).state == "ready"
    await uploaded_days_ago(8)
    await work_imports(page.desk)
    assert (await RegistrationImport.get()).state == "dropped"
    assert await ImportRow.all().count() == 0
    assert "满 7 天没有导入" in words_of(await page.browser.get(PAGE))


@either_will_do
async def test_rows_are_narrowed_and_paged_in_the_address(page: ImportsPage) -> None:
    people = [sample_record(n, f"ceshi{n}") for n in range(1, 56)]
    people[4]["name"] = "测?"
    overview = await page.dry_run(workbook(people))
    assert "查看全部 55 行" in words_of(overview)
    assert overview.text.count("<td>第 ") == 10
    first = await page.shown("added")
    assert "第 1 到 50 行，共 55 行" in words_of(first)
    assert f"{page.at}?show=added&amp;page=2" in first.text
    second = await page.browser.get(f"{page.at}?show=added&page=2")
    assert second.text.count("<td>第 ") == 5
    warned = await page.shown("warned")
    assert warned.text.count("<td>第 ") == 1
    assert "可能是生僻字没有导出来" in words_of(warned)
    assert (await page.shown("nonsense")).status == 200


@either_will_do
async def test_the_template_and_the_example_are_tables_that_can_be_imported(page: ImportsPage) -> None:
    template = await page.browser.get(f"{PAGE}/template.xlsx")
    assert template.headers["Content-Disposition"].startswith("attachment")
    refused = await page.upload(template.body)
    assert (refused.status, "表头下面没有数据" in words_of(refused)) == (422, True)
    example = await page.browser.get(f"{PAGE}/example.xlsx")
    assert figures(await page.dry_run(example.body))["新增"] == 2
    sheet = openpyxl.load_workbook(io.BytesIO(template.body)).worksheets[0]
    assert sheet.cell(1, column("id_number")).value == "证件编号*"
    assert sheet.column_dimensions["P"].number_format == "@", "what is typed there stays text"


@either_will_do
async def test_only_managers_of_the_region_import_and_its_auditors_read(page: ImportsPage) -> None:
    house = page.house
    await page.dry_run(
        workbook([sample_record(1, "ceshi1"), sample_record(2, "ceshi2") | {"site_code": "9"}])
    )
    auditor = await house.signed_in_staff("chayue", "12", Role.AUDITOR)
    others = [
        await house.signed_in_staff("yiguan", "1201", Role.MANAGER),
        await house.signed_in_staff("yicha", "1201", Role.AUDITOR),
        await house.signed_in_staff("shenhe", "12", Role.REVIEWER),
        await house.signed_in_candidate("kaosheng"),
    ]
    reads = [PAGE, f"{PAGE}/template.xlsx", page.at, f"{page.at}/progress", f"{page.at}/failed.xlsx"]
    for path in (*reads, f"{page.at}/failed.csv"):
        assert (await page.browser.get(path)).status == 200, path
        assert (await auditor.get(path)).status == 200, path
        for other in others:
            assert (await other.get(path)).status == 403, path
        assert (await house.browser().get(path)).leads_to.startswith("/staff/sign-in")
        if path.startswith(page.at):
            unknown = path.replace(page.at, f"{PAGE}/{UUID(int=1)}")
            assert (await page.browser.get(unknown)).status == 404
    assert "上传并试运行" not in words_of(await auditor.get(PAGE))
    for other in (auditor, *others):
        assert (await other.upload(PAGE, {}, workbook([sample_record(3, "x")]))).status == 403
        assert (await other.post(f"{page.at}/import")).status == 403
        assert (await other.post(f"{page.at}/drop")).status == 403
    for act in ("import", "drop"):
        assert (await page.browser.post(f"{PAGE}/{UUID(int=1)}/{act}")).status == 404
        foreign = await page.browser.post(f"{page.at}/{act}", Origin="https://elsewhere.example")
        assert foreign.status == 403
    assert await RegistrationImport.all().count() == 1
    await page.take()
    assert (
        await Candidate.filter(registration_number=sample_record(1, "x")["registration_number"]).count() == 1
    )
