"""Accounts of staff over HTTP: found, changed for a reason, invited, disabled; nobody shuts everybody out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable

import pytest

from tests.house import EXAM, FindOffice, House
from webapp.actions.change_staff import change_staff
from webapp.actions.keep_staff import disable_staff
from webapp.records import Event, Post, Staff
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_persons_name_and_posts_are_changed_for_a_reason(house: House, office_id: FindOffice) -> None:
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    first, second = await office_id("1201"), await office_id("1202")
    page = (await region.get(f"/staff/people/{held.id}")).text
    assert f'value="reviewer@{first}" checked' in page
    form = {
        "name": "改名",
        "post": [],
        "office": str(second),
        "role": ["reviewer", "auditor"],
        "why": "moved",
    }
    assert (await region.post(f"/staff/people/{held.id}/change", {**form, "why": ""})).status == 422
    none = {**form, "office": "", "name": " "}
    assert "姓名要填写" in (await region.post(f"/staff/people/{held.id}/change", none)).text
    assert (
        "至少选一个岗位"
        in (await region.post(f"/staff/people/{held.id}/change", {**form, "office": ""})).text
    )
    assert (await Staff.get(id=held.id)).name != "改名"
    done = await region.post(f"/staff/people/{held.id}/change", form)
    assert done.leads_to == f"/staff/people/{held.id}?done=changed"
    posts = {(post.office_id, post.role) for post in await Post.filter(staff_id=held.id)}
    assert posts == {(second, "reviewer"), (second, "auditor")}
    event = await Event.filter(chain=f"exam:{EXAM}").order_by("-sequence").first()
    assert event is not None
    assert (event.what, event.subject) == ("staff.changed", f"staff:{held.id}")
    assert event.facts["why"] == "moved"
    assert event.facts["took"] == [f"reviewer@{first}"]
    assert "改名" not in str(event.facts)
    shown = (await region.get(f"/staff/people/{held.id}")).text
    assert "调岗或增减工作" in shown
    kept = {"name": "改名", "post": [f"reviewer@{second}", f"auditor@{second}"], "why": "moved"}
    assert (await region.post(f"/staff/people/{held.id}/change", kept)).leads_to.endswith("?done=same")


@either_will_do
async def test_a_sites_manager_gives_no_post_elsewhere_and_nobody_changes_their_own(
    house: House, office_id: FindOffice
) -> None:
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    own = await house.staff("yiguan", "1201", Role.MANAGER)
    site = house.browser()
    assert (await site.post("/staff/sign-in", own.form())).status == 302
    here, above = await office_id("1201"), await office_id("12")
    form = {"name": "新名", "post": [f"reviewer@{here}", f"manager@{above}"], "why": "moved"}
    assert (await site.post(f"/staff/people/{held.id}/change", form)).status == 303
    assert [(post.office_id, post.role) for post in await Post.filter(staff_id=held.id)] == [
        (here, "reviewer")
    ]
    mine = {"name": "工作人员yiguan", "post": [f"manager@{here}", f"reviewer@{here}"], "why": "moved"}
    refused = await site.post(f"/staff/people/{own.id}/change", mine)
    assert refused.status == 409
    assert "自己的岗位要由另一位管理员来改" in refused.text
    renamed = {"name": "改过的名字", "post": [f"manager@{here}"], "why": "corrected"}
    assert (await site.post(f"/staff/people/{own.id}/change", renamed)).status == 303


async def test_the_regions_last_manager_who_can_sign_in_stays(house: House, office_id: FindOffice) -> None:
    last = await house.staff("quguan", "12", Role.MANAGER)
    region = await office_id("12")

    async def refused(work: Awaitable[object]) -> str:
        with pytest.raises(Refused) as told:
            await work
        return told.value.code

    demoted = change_staff(
        EXAM, last.id, by="operator", name="甲", posts=[(region, Role.AUDITOR)], why="ended"
    )
    assert await refused(disable_staff(EXAM, last.id, by="operator")) == "staff.last_manager"
    assert await refused(demoted) == "staff.last_manager"
    second = await house.staff("quguan2", "12", Role.MANAGER)
    both = await asyncio.gather(
        disable_staff(EXAM, last.id, by=f"staff:{second.id}"),
        disable_staff(EXAM, second.id, by=f"staff:{last.id}"),
        return_exceptions=True,
    )
    assert [type(one) for one in both if one is not None] == [Refused], (
        "of two who shut each other out one is late"
    )
    assert await Staff.filter(id__in=[last.id, second.id], disabled_at=None).count() == 1


@either_will_do
async def test_people_are_found_by_name_office_role_and_state(house: House, office_id: FindOffice) -> None:
    await house.staff("yishen", "1201", Role.REVIEWER)
    disabled = await house.staff("ershen", "1202", Role.REVIEWER)
    await house.staff("ercha", "1202", Role.AUDITOR)
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    await region.post(f"/staff/people/{disabled.id}/disable")

    async def found(query: str) -> list[str]:
        page = (await region.get(f"/staff/people{query}")).text
        return re.findall(r'<span class="table__sub">(\w+)</span>', page)

    assert await found("") == ["ercha", "ershen", "quguan", "yishen"]
    assert await found("?q=SHEN") == ["ershen", "yishen"]
    assert await found(f"?office={await office_id('1202')}&role=reviewer") == ["ershen"]
    assert await found("?role=auditor") == ["ercha"]
    assert await found("?state=disabled") == ["ershen"]
    assert await found("?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA%E4%BA%BA") == []
    assert await found("?role=x&state=x&office=x") == []


async def test_a_persons_page_disables_enables_and_invites(house: House) -> None:
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    address = f"/staff/people/{held.id}"
    assert (await region.post(f"{address}/disable")).leads_to == f"{address}?done=disabled"
    assert "已停用" in (await region.get(address)).text
    assert (await region.post(f"{address}/enable")).leads_to == f"{address}?done=enabled"
    invited = await region.post(f"{address}/invite")
    assert re.search(r">[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}<", invited.text)
    again = (await region.get(address)).text
    assert not re.search(r">[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}<", again), "it was shown once"
    for deed in ("新增账号", "停用账号", "恢复账号", "发放启用码"):
        assert deed in again
