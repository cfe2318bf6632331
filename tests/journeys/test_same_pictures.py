"""Hints on the desk that a picture was handed in elsewhere too: to whom, with what, and nothing to anybody else."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tests.cases.handed_in import Hands, handed_in
from tests.cases.rows import lay_photo
from tests.house import House
from webapp.database import transaction
from webapp.records import Case, CaseMove, Event, Phase, Photo, PhotoVersion
from webapp.rules.places import Move
from webapp.rules.roles import Role

SAME = "ab" * 32
PAGE = f"{(1 << 200) - 1:0128x}"
"""A difference hash, and one that is nearly the same."""
COPY = f"{(1 << 190) - 1:0128x}"
OTHER = f"{((1 << 200) - 1) << 300:0128x}"


@dataclass(frozen=True)
class Lying:
    """A photo of a case."""

    case: UUID
    photo: Photo

    @property
    def picture(self) -> str:
        return f"/review/photos/{self.photo.id}?v=1"


async def photo_in(case: UUID, place: str) -> Lying:
    material, _, slot = place.partition(".")
    return Lying(case, await Photo.get(case_id=case, material=material, slot=slot))


@transaction
async def look_like(lying: Lying, *, sha256: str = "", difference_hash: str = "") -> None:
    changed = {"sha256": sha256, "difference_hash": difference_hash}
    await PhotoVersion.filter(photo_id=lying.photo.id).update(**{k: v for k, v in changed.items() if v})


async def seen_by(hands: Hands, lying: Lying, more: str = "") -> str:
    """The page of the case with this photo in view."""
    answer = await hands.page(f"?material={lying.photo.material}&photo={lying.photo.id}{more}")
    assert answer.status == 200
    return html.unescape(answer.text)


async def test_the_same_picture_in_two_cases_of_a_site_is_shown_side_by_side_and_fetched_like_any(
    house: House,
) -> None:
    mine, theirs = [await photo_in(case, "ID.front") for case in await handed_in(house, "yi", "er")]
    browser = await house.signed_in_staff("jia", "1201", Role.REVIEWER)
    hands = Hands(browser, mine.case)
    assert "同一张照片" not in await seen_by(hands, mine), "while they differ"
    for lying in (mine, theirs):
        await look_like(lying, sha256=SAME)
    page = await seen_by(hands, mine)
    assert "考生er" in page
    assert "是同一张照片" in page
    assert theirs.picture not in page, "only who asks for it gets the other picture"
    assert f"beside={theirs.photo.id}" in page
    pair = await seen_by(hands, mine, f"&beside={theirs.photo.id}")
    assert theirs.picture in pair
    assert mine.picture in pair
    assert f"/review/cases/{theirs.case}?material=ID" in pair
    assert not await Event.exists(chain=f"case:{theirs.case}", what="photo.fetched")
    for address in (theirs.picture, f"/review/photos/{theirs.photo.id}/thumbnail?v=1"):
        got = await browser.get(address, Range="bytes=0-9")
        assert (got.status, got.headers["Accept-Ranges"]) == (200, "none")
        assert got.headers["Content-Type"] == "image/jpeg"
        assert got.headers["Cache-Control"] == "private, no-store"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert got.headers["Content-Disposition"].startswith('inline; filename="')
    fetched = await Event.filter(chain=f"case:{theirs.case}", what="photo.fetched").count()
    assert fetched == 1, "written down like any other, once"


async def test_of_another_sites_case_the_site_learns_nothing_and_the_region_all_that_it_may_see(
    house: House,
) -> None:
    [mine_id], [far_id] = await handed_in(house, "yi"), await handed_in(house, "yuan", site="1202")
    mine, far = await photo_in(mine_id, "ID.front"), await photo_in(far_id, "ID.front")
    site = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), mine_id)
    before = await seen_by(site, mine)
    for lying in (mine, far):
        await look_like(lying, sha256=SAME)
    assert "同一张照片" not in before
    after = await seen_by(site, mine, f"&beside={far.photo.id}")
    assert "同一张照片" not in after
    assert "考生yuan" not in after
    assert far.picture not in after
    assert (await site.browser.get(far.picture)).status == 404
    region = Hands(await house.signed_in_staff("yi2", "12", Role.REVIEWER), mine_id)
    assert "考生yuan" in await seen_by(region, mine)
    assert far.picture in await seen_by(region, mine, f"&beside={far.photo.id}")
    assert (await region.browser.get(far.picture)).status == 200


async def test_nearly_the_same_is_told_within_one_persons_case_and_never_across_persons(house: House) -> None:
    mine_id, theirs_id = await handed_in(house, "yi", "er")
    front, back = await photo_in(mine_id, "ID.front"), await photo_in(mine_id, "ID.back")
    holding, theirs = await photo_in(mine_id, "ID.holding"), await photo_in(theirs_id, "ID.front")
    for lying, looks in ((front, PAGE), (back, COPY), (holding, OTHER), (theirs, PAGE)):
        await look_like(lying, difference_hash=looks)
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), mine_id)
    page = await seen_by(hands, front)
    assert page.count("几乎一样") == 2, "one beside each of the two"
    assert "考生er" not in page
    assert f"beside={back.photo.id}" in page
    assert f"beside={front.photo.id}" in page
    assert f"beside={holding.photo.id}" not in page
    assert back.picture in await seen_by(hands, front, f"&beside={back.photo.id}")
    assert (
        holding.picture
        not in (await seen_by(hands, front, f"&beside={holding.photo.id}")).split("light__places")[0]
    )


async def test_what_its_owner_took_out_is_no_hint_unless_somebody_had_asked_about_it(house: House) -> None:
    mine, theirs = [await photo_in(case, "ID.front") for case in await handed_in(house, "yi", "er")]
    for lying in (mine, theirs):
        await look_like(lying, sha256=SAME)
    hands = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), mine.case)
    assert "同一张照片" in await seen_by(hands, mine)
    await take_out(theirs)
    assert "同一张照片" not in await seen_by(hands, mine)
    await asked_before(theirs)
    assert "同一张照片" in await seen_by(hands, mine)
    assert (await hands.browser.get(theirs.picture)).status == 200


async def test_of_another_phase_it_is_only_said_that_there_is_one(house: House) -> None:
    [mine_id], [far_id] = await handed_in(house, "yi"), await handed_in(house, "yuan", site="1202")
    front, back = await photo_in(mine_id, "ID.front"), await photo_in(mine_id, "ID.back")
    own, theirs = await before(mine_id), await before(far_id)
    for lying, sha256 in ((front, SAME), (own, SAME), (back, "cd" * 32), (theirs, "cd" * 32)):
        await look_like(lying, sha256=sha256)
    site = Hands(await house.signed_in_staff("jia", "1201", Role.REVIEWER), mine_id)
    region = Hands(await house.signed_in_staff("yi2", "12", Role.REVIEWER), mine_id)
    for hands in (site, region):
        page = await seen_by(hands, front)
        assert "这位考生在以前的阶段交过同一张照片" in page
        assert str(own.photo.id) not in page
        assert (await hands.browser.get(own.picture)).status == 404
    assert "另有一份" not in await seen_by(site, back)
    page = await seen_by(region, back)
    assert "另有一份不由您审核的档案，交过同一张照片" in page
    assert "考生yuan" not in page
    assert str(theirs.photo.id) not in page


@transaction
async def before(case_id: UUID) -> Lying:
    """A photo of the same person in an earlier phase."""
    case = await Case.get(id=case_id).select_related("phase")
    opens, made = case.phase.opens - timedelta(days=90), {"bell": case.phase.opens - timedelta(days=60)}
    phase, _ = await Phase.get_or_create({"opens": opens, **made}, exam_id=case.phase.exam_id, code="before")
    other = await Case.create(
        phase_id=phase.id, candidate_id=case.candidate_id, site_id=case.site_id, stage="passed", made_at=opens
    )
    await lay_photo(other.id, "ID.front")
    return await photo_in(other.id, "ID.front")


@transaction
async def take_out(lying: Lying) -> None:
    received = lying.photo.received_at
    await Photo.filter(id=lying.photo.id).update(removed_at=received.replace(year=received.year + 1))


@transaction
async def asked_before(lying: Lying) -> None:
    case, at = await Case.get(id=lying.case), (await Photo.get(id=lying.photo.id)).received_at
    moment = at + timedelta(minutes=1)
    await CaseMove.create(
        case_id=case.id, number=99, round=1, reasons=[], move=Move.ASK.value, by="reviewer", actor="staff:x",
        from_stage="review", from_level=0, to_stage="supplement", to_level=0, at=moment, exam_at=moment,
    )  # fmt: skip
