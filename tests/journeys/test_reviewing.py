"""The reviewer's desk over HTTP: claimed, looked at, judged, concluded, taken back, and closed to strangers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

from tests.cases.handed_in import Hands, handed_in, lay_pictures, shelf_of
from tests.cases.rows import MATERIALS, lease_over, let_ten_seconds_pass, typed_moment
from tests.house import House
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.photos.shelf import ShelfKey
from webapp.records import (
    AskedItem,
    Case,
    CaseFlag,
    Event,
    Photo,
    PhotoSeen,
    PhotoVersion,
    Post,
    Supplement,
    Verdict,
)
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role


async def place(case_id: UUID) -> tuple[str, int | None]:
    case = await Case.get(id=case_id)
    return case.stage, case.level


def _alert(page: str) -> str:
    """What a refusal says at the top."""
    return page.split('role="alert"')[1].split("</section>", maxsplit=1)[0]


async def test_a_case_is_claimed_and_a_colleague_can_only_read_until_they_say_why(house: House) -> None:
    [case] = await handed_in(house, "yi")
    first = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    second = Hands(await house.signed_in_staff("bing", "1201", Role.REVIEWER), case)
    assert "考生yi" in (await second.browser.get("/review")).text
    assert "领取这份档案" in (await first.page()).text
    assert (await first.claim()).leads_to == first.address
    held = (await second.page()).text
    assert "工作人员jia正在审这份档案" in held
    assert "保存，看下一项" not in held
    assert "考生yi" not in (await second.browser.get("/review")).text
    assert "考生yi" in (await second.browser.get("/review?tab=others")).text
    assert "考生yi" in (await first.browser.get("/review?tab=mine")).text
    refused = await second.claim()
    assert refused.status == 409
    assert "说明原因后可以接手" in refused.text
    assert (await second.claim("考生来电催办")).status == 303
    assert "保存，看下一项" in (await second.page()).text
    late = await first.judge("ID")
    assert late.status == 409
    assert "不在您手里" in late.text
    taken = await Event.get(chain=f"case:{case}", what="case.taken_over")
    assert taken.facts["reason_length"] == 6
    assert "催办" not in str(taken.facts), "words of a person stay out of the chain"


@transaction
async def came_in_the_grace(case_id: UUID, slot: str) -> None:
    await Photo.filter(case_id=case_id, material="ID", slot=slot).update(in_grace=True)


async def test_a_photo_that_came_in_the_grace_says_so_at_the_desk(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    await hands.claim()
    assert "截止前登记" not in (await hands.page("?material=ID")).text
    await came_in_the_grace(case, "front")
    assert "KB，截止前登记，截止后传到" in (await hands.page("?material=ID")).text


async def test_the_holders_page_learns_who_took_the_case_over_and_why(house: House) -> None:
    [case] = await handed_in(house, "yi")
    first = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    second = Hands(await house.signed_in_staff("bing", "1201", Role.REVIEWER), case)
    await first.claim()
    await lease_over(case, timedelta(minutes=-3))
    mine = await first.browser.ask("GET", f"{first.address}/lease")
    assert mine.told == {"mine": True, "minutes": 3, "words": ""}, "asking renews nothing"
    assert 'name="reason" value="urged"' in (await second.page()).text
    assert (await second.claim("urged")).status == 303
    lost = await first.browser.ask("GET", f"{first.address}/lease")
    assert lost.told["mine"] is False
    assert "工作人员bing" in lost.told["words"]
    assert "考生或单位来电催办" in lost.told["words"]
    assert "考生或单位来电催办" in (await second.page("/history")).text
    await second.browser.post(f"{second.address}/release")
    given_back = await second.browser.ask("GET", f"{second.address}/lease")
    assert given_back.told["words"] == "这份档案已经不在您手里。已保存的结论都在。"


async def test_two_who_take_the_next_case_get_two_cases_and_a_third_is_told(house: House) -> None:
    cases = await handed_in(house, "yi", "er")
    names = ("jia", "bing", "ding")
    browsers = [await house.signed_in_staff(name, "1201", Role.REVIEWER) for name in names]
    taken = [await browser.post("/review/next") for browser in browsers]
    assert {answer.leads_to for answer in taken[:2]} == {f"/review/cases/{case}" for case in cases}
    assert taken[2].status == 409
    assert "现在没有可以领的档案" in taken[2].text


async def test_nothing_waits_before_the_bell_but_what_has_a_verdict(house: House) -> None:
    [early, begun] = await handed_in(house, "yi", "er")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), begun)
    await hands.claim()
    await hands.see("ID")
    await hands.judge("ID")
    await hands.browser.post(f"{hands.address}/release")
    await house.exam_time((await open_exam()).window.bell - timedelta(hours=1))
    waiting = (await hands.browser.get("/review")).text
    assert "考生er" in waiting
    assert "考生yi" not in waiting
    assert "考生yi" in (await hands.browser.get("/review?tab=ahead")).text
    assert (await Hands(hands.browser, early).claim()).status == 409
    assert (await hands.claim()).status == 303
    assert (await hands.browser.post("/review/next")).status == 409


async def test_an_expired_claim_that_nobody_took_still_decides(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    await hands.accept_all()
    await lease_over(case)
    assert "已超时" in (await hands.page()).text
    renewed = await hands.browser.ask("POST", f"{hands.address}/lease")
    assert renewed.told == {"minutes": (await open_exam()).package.lease_minutes}
    await lease_over(case)
    assert (await hands.conclude("meets")).status == 303
    gone = await hands.browser.ask("POST", f"{hands.address}/lease")
    assert (gone.status, gone.code) == (409, "lease.not_yours")


async def test_no_verdict_on_what_was_not_on_screen(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    await hands.claim()
    photo = await Photo.get(case_id=case, material="DIPLOMA")
    unfetched = await hands.browser.ask("POST", f"/review/photos/{photo.id}/seen?v=1")
    assert (unfetched.status, unfetched.code) == (409, "photo.not_fetched")
    assert (await hands.browser.get(f"/review/photos/{photo.id}")).status == 200
    blind = await hands.judge("DIPLOMA", note="看着不错")
    assert blind.status == 409
    assert "还有照片没有看过" in blind.text
    assert "看着不错" in blind.text, "what was typed is still there"
    assert f"{hands.address}?material=DIPLOMA&amp;photo={photo.id}" in _alert(blind.text), "and the way on"
    by_hand = await hands.browser.post(f"/review/photos/{photo.id}/seen?v=1")
    assert by_hand.leads_to == f"{hands.address}?material=DIPLOMA"
    saved = await hands.judge("DIPLOMA")
    assert saved.leads_to == f"{hands.address}?material=EDU_CHECK"
    assert (await Verdict.get(case_id=case)).kind == "accepted"
    nothing = await hands.judge("EDU_CHECK", "")
    assert nothing.status == 422
    await hands.see("EDU_CHECK")
    unreasoned = await hands.judge("EDU_CHECK", "redo", note="重拍")
    assert unreasoned.status == 422
    assert 'value="重拍"' in unreasoned.text
    assert (await hands.judge("EDU_CHECK", "waived")).status == 409
    assert (await hands.judge("EDU_CHECK", "redo", reasons=["glare"])).status == 303


async def test_every_photo_that_is_fetched_leaves_its_row_and_one_event(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    photos = [row.id for row in await Photo.filter(case_id=case)]
    assert await PhotoSeen.all().count() == 0
    for photo in photos:
        answer = await hands.browser.get(f"/review/photos/{photo}/thumbnail")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.body[:2] == b"\xff\xd8"
    for _again in range(2):
        assert (await hands.browser.get(f"/review/photos/{photos[0]}")).status == 200
    assert await PhotoSeen.filter(seen_at=None).count() == len(photos)
    events = await Event.filter(chain=f"case:{case}", what="photo.fetched")
    assert {event.subject for event in events} == {f"photo:{photo}" for photo in photos}
    assert len(events) == len(photos)
    assert await all_breaks() == []
    assert (await hands.browser.get(f"/review/photos/{photos[0]}?v=2")).status == 404


async def test_a_case_meets_the_conditions_only_when_all_is_judged_and_goes_up(house: House) -> None:
    [case] = await handed_in(house, "yi")
    site = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    region = Hands(await house.signed_in_staff("kaoqu", "12", Role.REVIEWER), case)
    await site.claim()
    await site.see()
    for material in MATERIALS[:-1]:
        assert (await site.judge(material)).status == 303
    short = await site.conclude("meets", note="材料齐全")
    assert short.status == 409
    assert "医师资格考试试用期考核证明" in _alert(short.text)
    assert f"{site.address}?material=PROBATION" in _alert(short.text)
    assert "材料齐全" in short.text
    await site.judge(MATERIALS[-1])
    assert "考生yi" not in (await region.browser.get("/review")).text
    up = await site.conclude("meets", note="材料齐全")
    assert up.leads_to == f"/review?decided={case}"
    assert await place(case) == ("review", 1)
    assert "考生yi" in (await region.browser.get("/review")).text
    assert "考区审核中" in (await site.browser.get("/review?tab=beyond")).text
    await region.accept_all()
    seen = (await region.page()).text
    assert "材料齐全" in seen, "the lower level's opinion stands beside one's own"
    assert "考点 工作人员jia" in seen
    assert (await region.conclude("meets")).status == 303
    assert await place(case) == ("passed", None)
    told = (await site.browser.get("/review?tab=beyond")).text + (await site.page("/history")).text
    assert "审核已结束" in told
    assert "审核通过" not in told, "the result is nobody's before its moment"
    assert "审核通过" in (await region.page("/history")).text


async def test_one_person_does_not_conclude_at_both_levels(house: House) -> None:
    [case] = await handed_in(house, "yi")
    both = await house.staff("liang", "1201", Role.REVIEWER)
    exam = await open_exam()
    await _also_at_region(both.id, exam.region_office.id)
    browser = house.browser()
    await browser.post("/staff/sign-in", both.form())
    hands = Hands(browser, case)
    await hands.claim()
    assert (await hands.conclude("fails", note="专业不符")).status == 303
    assert await place(case) == ("review", 1)
    refused = await hands.claim()
    assert refused.status == 409
    assert "您在另一级审过这份档案" in refused.text
    assert "您在另一级审过" in (await browser.get("/review")).text
    assert (await browser.post("/review/next")).status == 409
    other = Hands(await house.signed_in_staff("kaoqu", "12", Role.REVIEWER), case)
    assert (await other.claim()).status == 303


async def _also_at_region(staff_id: UUID, office_id: UUID) -> None:

    @transaction
    async def give() -> None:
        await Post.create(staff_id=staff_id, office_id=office_id, role="reviewer")

    await give()


async def test_the_region_returns_a_case_passes_it_or_fails_it(house: House) -> None:
    cases = await handed_in(house, "yi", "er")
    jia = await house.signed_in_staff("jia", "1201", Role.REVIEWER)
    qu = await house.signed_in_staff("kaoqu", "12", Role.REVIEWER)
    for case in cases:
        await Hands(jia, case).claim()
        assert (await Hands(jia, case).conclude("fails", reasons=["major_not_eligible"])).status == 303
        assert 'value="returns"' not in (await Hands(jia, case).page()).text
    back, failed = Hands(qu, cases[0]), Hands(qu, cases[1])
    await back.claim()
    assert "退回考点" in (await back.page()).text
    unsaid = await back.conclude("returns")
    assert unsaid.status == 422
    assert "要写明原因" in unsaid.text
    assert (await back.conclude("returns", note="专业可以报考")).status == 303
    assert await place(cases[0]) == ("review", 0)
    assert "上一级退回" in (await jia.get("/review")).text
    again = Hands(jia, cases[0])
    await again.claim()
    assert "专业可以报考" not in (await again.page()).text
    assert "专业可以报考" in (await again.page("/history")).text, "why it was returned is told below"
    await failed.claim()
    assert (await failed.conclude("fails")).status == 422
    assert (await failed.conclude("fails", note="专业不符")).status == 303
    assert await place(cases[1]) == ("failed", None)


async def test_a_request_names_slots_and_fields_and_its_answer_comes_back(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    await hands.claim()
    await hands.see("ID")
    empty = await hands.conclude("asks", due=typed_moment(await exam_now() + timedelta(days=3)))
    assert empty.status == 422
    assert "还没有选要补充什么" in empty.text
    redo = await hands.judge("ID", "redo", slots=["back"], reasons=["glare"], note="反光，看不清")
    assert redo.status == 303
    form = {"fields": ["major"], "field_note_major": "与毕业证不一致", "note": "尽快补"}
    early = await hands.conclude("asks", due="2019-01-01T00:00", **form)
    assert early.status == 422
    assert "与毕业证不一致" in early.text
    due = await exam_now() + timedelta(days=3)
    assert (await hands.conclude("asks", due=typed_moment(due), **form)).status == 303
    request = await Supplement.get(case_id=case)
    assert (due - request.due) < timedelta(minutes=1)
    items = await AskedItem.filter(supplement_id=request.id).order_by("number")
    assert [(i.material, i.slot, i.field, i.note) for i in items] == [
        ("ID", "back", "", "反光，看不清"),
        ("", "", "major", "与毕业证不一致"),
    ]
    assert "等候补充" in (await hands.browser.get("/review?tab=asked")).text
    page = (await hands.page()).text
    assert f"{hands.address}/supply" in page
    await _answered(house, case)
    back = (await hands.browser.get("/review?tab=answered")).text
    assert "补充期限到" in back
    assert "部分补充" in back
    await hands.claim()
    seen = (await hands.page("?material=ID")).text
    assert "上传了 1 张新照片" in seen
    assert "旧照片 国徽面" in seen
    old = await Photo.get(case_id=case, slot="back", removed_why="replaced")
    assert (await hands.browser.get(f"/review/photos/{old.id}")).status == 200
    assert "已被替换" in (await hands.page(f"?material=ID&photo={old.id}")).text
    new = await Photo.get(case_id=case, slot="back", removed_at=None)
    pair = (await hands.page("?material=ID")).text
    assert "light--pair" in pair, "the answer is what is looked at first, beside what it answers"
    assert pair.index(f'src="/review/photos/{old.id}?v=1"') < pair.index(f'src="/review/photos/{new.id}?v=1"')
    assert "需重传：反光" in pair
    alone = (await hands.page(f"?material=ID&photo={new.id}&alone=1")).text
    assert "light--pair" not in alone
    assert f'src="/review/photos/{old.id}?v=1"' not in alone
    story = (await hands.page("/history")).text
    assert f"{hands.address}?material=ID&amp;photo={old.id}" in story
    assert "身份证明的国徽面和报名信息“" in story


async def test_how_a_photo_lay_before_it_was_turned_is_reached_from_the_history(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    photo = await Photo.get(case_id=case, material="DIPLOMA")
    assert "不再使用的照片" not in (await hands.page("/history")).text
    await _turned(house, photo)
    story = (await hands.page("/history")).text
    address = f"{hands.address}?material=DIPLOMA&photo={photo.id}&v=1"
    assert address.replace("&", "&amp;") in story
    shown = (await hands.browser.get(address)).text
    assert f'src="/review/photos/{photo.id}?v=1"' in shown
    assert "转正以前的样子" in shown
    assert f'src="/review/photos/{photo.id}?v=2"' in (await hands.page("?material=DIPLOMA&v=7")).text


async def _turned(house: House, photo: Photo) -> None:
    """The photo lies another way round, as after a turn by its owner."""
    shelf, [first] = shelf_of(house), await PhotoVersion.filter(photo_id=photo.id)
    keys = [await shelf.put(await shelf.get(ShelfKey(key))) for key in (first.shelf_key, first.preview_key)]

    @transaction
    async def turn() -> None:
        same = ("media_type", "width", "height", "size", "sha256", "facts", "made_at")
        values = {name: getattr(first, name) for name in same}
        await PhotoVersion.create(
            photo_id=photo.id, number=2, shelf_key=keys[0], preview_key=keys[1], **values
        )
        await Photo.filter(id=photo.id).update(version=2)

    await turn()


async def _answered(house: House, case_id: UUID) -> None:
    """The candidate has replaced what was asked for, and left the rest; the due time has passed."""

    await let_ten_seconds_pass(case_id)
    [new] = await lay_pictures(shelf_of(house), case_id, ["ID.back"], round_number=2)

    @transaction
    async def replace() -> None:
        old = Photo.filter(case_id=case_id, slot="back").exclude(id=new)
        await old.update(removed_at=now(), removed_why="replaced", replaced_by=new)

    await replace()
    await house.exam_time(await exam_now() + timedelta(days=4))
    await cases_fall_due()


async def test_a_photo_that_its_owner_took_out_before_any_request_is_not_there(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    photo = await Photo.get(case_id=case, material="DIPLOMA")
    assert (await hands.browser.get(f"/review/photos/{photo.id}")).status == 200

    @transaction
    async def take_out() -> None:
        await Photo.filter(id=photo.id).update(removed_at=now(), removed_why="deleted")

    await take_out()
    assert (await hands.browser.get(f"/review/photos/{photo.id}")).status == 404


async def test_a_decision_can_be_taken_back_from_the_next_case(house: House) -> None:
    cases = await handed_in(house, "yi", "er")
    jia = await house.signed_in_staff("jia", "1201", Role.REVIEWER)
    done = Hands(jia, UUID((await jia.post("/review/next")).leads_to.rpartition("/")[2]))
    [other] = set(cases) - {done.case_id}
    decided = await done.conclude("fails", note="专业不符")
    onward = f"/review/next?decided={done.case_id}"
    assert onward in (await jia.get(decided.leads_to)).text
    following = await jia.post(onward)
    assert following.leads_to == f"/review/cases/{other}?decided={done.case_id}"
    assert f"{done.address}/take-back" in (await jia.get(following.leads_to)).text
    assert (await done.take_back()).leads_to == done.address
    assert f"{done.address}/take-back" not in (await jia.get(following.leads_to)).text


async def test_a_decision_is_taken_back_while_nobody_has_claimed_since(house: House) -> None:
    [case] = await handed_in(house, "yi")
    site = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    region = Hands(await house.signed_in_staff("kaoqu", "12", Role.REVIEWER), case)
    await site.accept_all()
    decided = await site.conclude("meets")
    bar = (await site.browser.get(decided.leads_to)).text
    assert f"{site.address}/take-back" in bar
    assert "已报考区审核" in bar
    assert f"{site.address}/take-back" not in (await region.browser.get(decided.leads_to)).text
    assert (await site.take_back()).leads_to == site.address
    assert await place(case) == ("review", 0)
    assert "保存，看下一项" in (await site.page()).text, "the case is in the same hands again"
    await site.conclude("meets")
    await region.claim()
    taken = await site.take_back()
    assert taken.status == 409
    assert await place(case) == ("review", 1)
    await region.browser.post(f"{region.address}/release")
    await let_ten_seconds_pass(case)
    assert (await site.take_back()).status == 409


async def test_nobody_decides_on_an_old_page(house: House) -> None:
    [case] = await handed_in(house, "yi")
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    await hands.claim()
    await hands.see()
    old = await hands.version()
    assert (await hands.judge("ID")).status == 303
    for answer in (
        await hands.judge("DIPLOMA", version=old, note="旧页上写的"),
        await hands.conclude("fails", version=old, note="旧页上写的"),
        await hands.conclude("fails", version="x", note="旧页上写的"),
    ):
        assert answer.status == 409
        assert "这份档案刚刚有变化" in answer.text
        assert "旧页上写的" in answer.text
    assert (await hands.judge("DIPLOMA")).status == 303


async def test_marks_are_set_shown_and_cleared(house: House) -> None:
    [case] = await handed_in(house, "yi", places=["ID.front"])
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    assert "材料不齐" in (await hands.browser.get("/review")).text
    form = {"flag": "doubt", "set": "yes", "note": "照片像翻拍"}
    assert (await hands.browser.post(f"{hands.address}/flags", form)).status == 303
    page = (await hands.page()).text
    assert "存疑" in page
    assert "照片像翻拍" in page
    assert "存疑" in (await hands.browser.get("/review")).text
    for wrong in ("incomplete", "unknown"):
        refused = await hands.browser.post(f"{hands.address}/flags", {"flag": wrong, "set": "no"})
        assert refused.status == 422
    await hands.browser.post(f"{hands.address}/flags", {"flag": "doubt", "set": "no"})
    assert {row.flag for row in await CaseFlag.filter(case_id=case)} == {"incomplete"}
    assert "去掉标记" in (await hands.page("/history")).text


async def test_the_queue_is_searched_by_name_and_number(house: House) -> None:
    await handed_in(house, "yi", "er")
    browser = await house.signed_in_staff("jia", "1201", Role.REVIEWER)
    case = await Case.filter(candidate__user_name="er").select_related("candidate").first()
    assert case is not None
    for words in ("考生er", case.candidate.registration_number[-6:]):
        found = (await browser.get(f"/review?q={quote(words)}")).text
        assert "考生er" in found
        assert "考生yi" not in found
    assert "没有找到" in (await browser.get("/review?q=nobody%25")).text
    assert (await browser.get("/review?tab=what&page=9&q=%00")).status == 200
    assert (await browser.get("/review?tab=mine")).status == 200


async def test_an_office_that_a_case_does_not_come_by_finds_nothing(house: House) -> None:
    [case] = await handed_in(house, "yi")
    own = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), case)
    stranger = Hands(await house.signed_in_staff("bie", "1202", Role.REVIEWER), case)
    photo = (await Photo.get(case_id=case, material="DIPLOMA")).id
    pictures = [f"/review/photos/{photo}", f"/review/photos/{photo}/thumbnail"]
    for path in (own.address, f"{own.address}/history", f"{own.address}/lease", *pictures):
        assert (await own.browser.get(path)).status == 200, path
        assert (await stranger.browser.get(path)).status == 404, path
    posts = ("claim", "release", "lease", "verdicts", "conclusion", "take-back", "flags")
    for path in (*(f"{own.address}/{act}" for act in posts), f"/review/photos/{photo}/seen?v=1"):
        assert (await stranger.browser.post(path, {"flag": "doubt", "set": "yes"})).status == 404, path
    assert "考生yi" not in (await stranger.browser.get("/review")).text
    assert (await own.browser.get(f"/review/cases/{uuid4()}")).status == 404
    assert (await Case.get(id=case)).lease_holder is None
    assert await CaseFlag.all().count() == 0
