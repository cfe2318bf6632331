"""Drawn documents: there is one for every place of the catalogue, the same each time, such as a phone would send."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from webapp.demo import lettering, papers
from webapp.demo.drawing import PAPERS, draw_photo
from webapp.demo.records import CANDIDATES
from webapp.exams import load_package
from webapp.photos.judging import judge

EXAM = load_package("tianjin_2020")
ASSISTANT, FOREIGNER = CANDIDATES[8].record, CANDIDATES[30].record
PHOTOS = [(place, index) for place, found in PAPERS.items() for index in range(len(found))]


def test_every_place_of_every_material_has_a_paper() -> None:
    materials = EXAM.materials_of(EXAM.phases[0].code)
    slots = [(m.code, slot.code) for m in materials for slot in m.slots]
    slots += [(m.code, slot.code) for m in materials for form in m.variants for slot in form.slots]
    assert {f"{material}.{slot}" for material, slot in slots} == set(PAPERS)


@pytest.mark.parametrize(("place", "index"), PHOTOS)
def test_a_photo_is_as_large_as_a_shrunk_one_and_the_product_takes_it_as_it_is(
    place: str, index: int
) -> None:
    drawn = draw_photo(place, index, ASSISTANT)
    assert 80_000 <= len(drawn) <= 195_000
    kept = judge(drawn, "image/jpeg")
    assert kept.data == drawn
    assert {kept.width, kept.height} == {1600, 1200}


def test_a_photo_is_the_same_each_time_and_another_for_another_person_or_place() -> None:
    first = draw_photo("DIPLOMA.page", 0, ASSISTANT)
    papers.scene.cache_clear()
    assert draw_photo("DIPLOMA.page", 0, ASSISTANT) == first
    others = [
        draw_photo("DIPLOMA.page", 0, FOREIGNER),
        draw_photo("DIPLOMA.page", 1, ASSISTANT),
        draw_photo("DEGREE.page", 0, ASSISTANT),
    ]
    assert len({first, *others}) == 4


def test_the_desk_is_drawn_once_and_a_photo_takes_little_work() -> None:
    draw_photo("PROBATION.page", 0, ASSISTANT)
    before = time.process_time()
    for person in CANDIDATES[:10]:
        draw_photo("PROBATION.page", 0, person.record)
    assert (time.process_time() - before) / 10 < 0.12, "about 0.03 s are usual"


@pytest.fixture
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which no Chinese font is where one is looked for."""
    caches = (lettering.chinese_place, lettering.font, papers.scene)
    monkeypatch.setattr(lettering, "PLACES", ())
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("no_chinese_font")
def test_without_a_chinese_font_chinese_becomes_bars_and_the_rest_stays() -> None:
    assert lettering.chinese_place() is None
    drawn = Image.open(BytesIO(draw_photo("DIPLOMA.page", 0, FOREIGNER)))
    assert drawn.size == (1600, 1200)
    for place, index in PHOTOS:
        assert draw_photo(place, index, ASSISTANT)
