from __future__ import annotations

from uuid import uuid4

from webapp.records import Photo, PhotoVersion
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.same_pictures import one_each_way


def test_however_often_a_photo_is_turned_it_is_compared_four_times_at_most() -> None:
    photos = [Photo(id=uuid4(), version=25), Photo(id=uuid4(), version=1)]
    turned = [
        StoredPhoto(photos[0], PhotoVersion(number=number, quarter_turns=number % 4))
        for number in range(25, 0, -1)
    ]
    once = StoredPhoto(photos[1], PhotoVersion(number=1, quarter_turns=0))
    kept = list(one_each_way([*turned, once]))
    assert [one.version.number for one in kept] == [25, 24, 23, 22, 1]
    assert kept[-1] is once
