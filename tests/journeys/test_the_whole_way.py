"""One candidate's whole way without any script: from the ticket to the published result, by plain forms."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import UUID, uuid4

from tests.cases.rows import let_ten_seconds_pass
from tests.house import CANDIDATE_PASSWORD, Answer, Browser, House
from tests.photos import pictures
from tests.registrations import registered
from tests.tickets import activation_form, entered
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import exam_now
from webapp.records import Candidate, Case, Photo, PhotoVersion, Supplement
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.records.reading.own_case import own_case
from webapp.rules.roles import Role

ORIGINAL = pictures.written(pictures.page(1_600, 1_200, 20), quality=80, exif=pictures.exif(6))


def words(answer: Answer) -> str:
    """A page as it is read: without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def field_of(answer: Answer, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found is not None, f"{name} does not stand on the page"
    return found.group(1)


async def file_of(candidate: Candidate) -> Case:
    return await Case.get(candidate_id=candidate.id)


async def upload_all(house: House, browser: Browser, candidate: Candidate) -> None:
    """An original for each place that is needed, and the shrinking that follows."""
    own = await own_case(await open_exam(), candidate.id)
    assert own is not None
    for fill in own.fills:
        if not fill.concern.requirement.must:
            continue
        code = fill.concern.material.code
        for slot in fill.slots:
            for _ in range(slot.missing):
                fields = {"person": str(candidate.id), "photo": str(uuid4()), "slot": slot.slot.code}
                answer = await browser.upload(f"/my/materials/{code}/photos", fields, ORIGINAL)
                assert answer.leads_to == f"/my/materials/{code}", (code, answer.leads_to)
    assert await house.shrink_originals() > 0


async def look_at_all(browser: Browser, case: Case) -> None:
    """The reviewer has every photo on screen, and says so by the button of a page without scripts."""
    for photo in await Photo.filter(case_id=case.id, removed_at=None):
        assert (await browser.get(f"/review/photos/{photo.id}")).status == 200
        said = await browser.post(f"/review/photos/{photo.id}/seen?v={photo.version}")
        assert said.status < 400, said.text


async def judge(browser: Browser, case_id: UUID, material: str, kind: str, **more: object) -> None:
    page = await browser.get(f"/review/cases/{case_id}?material={material}")
    form = {"material": material, "kind": kind, "version": field_of(page, "version"), **more}
    answer = await browser.post(f"/review/cases/{case_id}/verdicts", form)
    assert answer.status == 303, words(answer)


async def accept_all(browser: Browser, candidate: Candidate) -> None:
    case = await file_of(candidate)
    assert (await browser.post(f"/review/cases/{case.id}/claim", {})).status == 303
    await look_at_all(browser, case)
    own = await own_case(await open_exam(), candidate.id)
    assert own is not None
    for fill in own.fills:
        if fill.have:
            await judge(browser, case.id, fill.concern.material.code, "accepted")


async def conclude(browser: Browser, case_id: UUID, conclusion: str, **more: object) -> Answer:
    page = await browser.get(f"/review/cases/{case_id}")
    form = {"conclusion": conclusion, "version": field_of(page, "version"), **more}
    answer = await browser.post(f"/review/cases/{case_id}/conclusion", form)
    assert answer.status == 303, words(answer)
    return answer


async def test_one_candidate_walks_the_whole_way_without_a_script(house: House) -> None:
    candidate = await registered("kaosheng")
    phone = house.browser()
    await entered(phone, candidate)
    answer = await phone.post("/activate", activation_form(CANDIDATE_PASSWORD))
    assert answer.leads_to == "/my"

    # Everything that is required, by plain forms; nothing can be handed in before.
    refused = await phone.post("/my/submission")
    assert refused.status == 409
    await upload_all(house, phone, candidate)
    assert "提交审核" in words(await phone.get("/my/submission"))
    assert (await phone.post("/my/submission")).status == 303
    case = await file_of(candidate)
    assert (case.stage, case.level) == ("review", 0)
    for version in await PhotoVersion.all():
        assert version.size <= 204_800
        assert version.height > version.width, "upright"

    # Until the bell it can be taken back, and nobody can claim it.
    site = await house.signed_in_staff("kaodian", "1201", Role.REVIEWER)
    assert (await site.post(f"/review/cases/{case.id}/claim", {})).status == 409
    assert (await phone.post("/my/submission/recall")).status == 303
    assert (await phone.post("/my/submission")).status == 303

    # The bell. The site asks for one page again.
    exam = await open_exam()
    await house.exam_time(exam.window.bell + timedelta(minutes=1))
    await cases_fall_due()
    assert (await site.post(f"/review/cases/{case.id}/claim", {})).status == 303
    await look_at_all(site, case)
    await judge(site, case.id, "DIPLOMA", "redo", reasons=["blurred"], note="编号看不清")
    due = (await exam_now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    await conclude(site, case.id, "asks", due=due)
    request = await Supplement.get(case_id=case.id, closed_at=None)

    # Within ten seconds it could be taken back, so the candidate is not told yet; then the unit is called.
    await let_ten_seconds_pass(case.id)
    assert "示例市第一医院" in words(await site.get("/review/calls"))
    logged = await site.post(f"/review/calls/{request.id}", {"callee": "unit", "outcome": "told"})
    assert logged.status == 303

    # After the lock the candidate supplies exactly that, and nothing else.
    assert "毕业证书" in words(await phone.get("/my"))
    locked = {"person": str(candidate.id), "photo": str(uuid4()), "slot": "front"}
    assert "problem=locked" in (await phone.upload("/my/materials/ID/photos", locked, ORIGINAL)).leads_to
    assert (await phone.post("/my/answer")).status == 409
    old = await Photo.get(case_id=case.id, material="DIPLOMA", removed_at=None)
    anew = {"person": str(candidate.id), "photo": str(uuid4()), "slot": old.slot, "replaces": str(old.id)}
    assert (await phone.upload("/my/materials/DIPLOMA/photos", anew, ORIGINAL)).leads_to == (
        "/my/materials/DIPLOMA"
    )
    assert await house.shrink_originals() == 1
    assert (await phone.post("/my/answer")).status == 303

    # The site passes it up, the region passes it; nothing of that shows before publishing.
    await accept_all(site, candidate)
    await conclude(site, case.id, "meets")
    await let_ten_seconds_pass(case.id)
    region = await house.signed_in_staff("kaoqu", "12", Role.REVIEWER)
    await accept_all(region, candidate)
    await conclude(region, case.id, "meets")
    assert (await file_of(candidate)).stage == "passed"
    assert "审核通过" not in words(await phone.get("/my/result"))

    # Two managers publish.
    await let_ten_seconds_pass(case.id)
    first = await house.signed_in_staff("guanli1", "12", Role.MANAGER)
    second = await house.signed_in_staff("guanli2", "12", Role.MANAGER)
    digest = field_of(await first.get("/staff/publishing"), "digest")
    assert (await first.post("/staff/publishing/approve", {"digest": digest})).status == 303
    assert (await first.post("/staff/publishing/publish")).status == 403
    assert (await second.post("/staff/publishing/publish")).status == 303
    assert "审核通过" in words(await phone.get("/my/result"))
    assert "审核通过" in words(await phone.get("/my"))
    assert await all_breaks() == []
