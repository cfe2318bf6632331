"""What a request shows on the pages of the materials it names, and what marks photos that others brought."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.cases.reviewers import reviewing
from tests.cases.rows import case_of, fill, lay_photo, past_the_bell
from tests.house import House
from tests.pages.reading_pages import places, rows, words
from webapp.database import transaction
from webapp.records import Photo

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@transaction
async def another(user_name: str, place: str) -> UUID:
    photo = uuid4()
    await lay_photo((await case_of(user_name)).id, place, photo)
    return photo


@transaction
async def marked(photo: UUID, **marks: object) -> None:
    await Photo.filter(id=photo).update(**marks)


async def test_of_a_material_asked_for_as_a_whole_one_new_photo_is_enough(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    await another("zhangsan", "DIPLOMA.page")
    await past_the_bell()
    await (await reviewing(house, "shenhe", "1201")).asks("zhangsan", "DIPLOMA")
    page = (await browser.get("/my/materials/DIPLOMA")).text
    assert [place.state for place in places(page)] == ["returned", "returned", "optional"]
    assert "请补充 1 处" in words(page)
    assert "关掉闪光灯" in words(page), "how to do better"
    await another("zhangsan", "DIPLOMA.page")
    page = (await browser.get("/my/materials/DIPLOMA")).text
    assert {place.state for place in places(page)} == {"arrived", "optional"}
    assert rows((await browser.get("/my")).text)["DIPLOMA"].kind == "done"


async def test_a_replacement_that_cannot_be_used_leaves_the_returned_photo_with_the_reason(
    house: House,
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photos = await fill("zhangsan")
    await past_the_bell()
    await (await reviewing(house, "shenhe", "1201")).asks("zhangsan", "ID", "back")
    back = places((await browser.get("/my/materials/ID")).text)[1]
    form = {"photo": back.fresh, "slot": "back", "replaces": back.photo}
    assert (await browser.upload("/my/materials/ID/photos", form, b"no photo at all")).status == 303
    await house.shrink_originals()
    back = places((await browser.get("/my/materials/ID")).text)[1]
    assert (back.state, back.photo) == ("returned", str(photos["ID.back"]))
    assert "这个文件不是照片" in back.words
    assert rows((await browser.get("/my")).text)["ID"].section == "asked"


async def test_photos_that_came_late_or_by_the_site_say_so(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photos = await fill("zhangsan")
    await marked(photos["ID.front"], in_grace=True)
    await marked(photos["ID.back"], brought_by=uuid4())
    front, back, holding = places((await browser.get("/my/materials/ID")).text)
    assert "截止前登记，截止后传到" in front.words
    assert "由考点代传" in back.words
    assert "由考点代传" not in holding.words
    assert "截止前登记" not in holding.words
