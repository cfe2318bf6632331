"""Two processes and the clock: whoever moves a case first wins, the second is told, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.cases.way import FEW, REASON, Way, exam_time, load_variant, on_the_way
from tests.house import CANDIDATE_PASSWORD, enrolled_staff
from tests.photos import pictures
from tests.races.conftest import raced
from tests.races.racing import RUNS, Ask, all_asked, candidate_cookie, signed_in_cookie
from tests.served import Served
from webapp import clock
from webapp.actions import fall_due
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.keyring import open_keyring
from webapp.records import Case, CaseMove, Photo, Supplement
from webapp.records.reading.chains import chain_breaks
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import COLLECTING, PASSED, WITHDRAWN, Place, Stage, review, supplement
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def two_processes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Two processes and the one that does the duties, on a database of this module: these races load other exams."""
    with raced(request, tmp_path_factory) as found:
        yield found


@pytest.fixture
async def running(running: Served) -> Served:
    """The running product with few materials, its clock free to be moved."""
    clock.allow_moving(movable=True)
    await load_variant(materials=FEW)
    return running


async def newcomer(running: Served, run: int, *reviewers: int) -> tuple[Way, str, list[str]]:
    """A candidate of this round and their cookie, and the cookies of reviewers of these levels, new as well."""
    await exam_time(now())
    name = f"k{uuid4().hex}"
    keyring = open_keyring("", running.settings.data / "keys")
    held = [
        await enrolled_staff(keyring, f"{name}.shenhe{level}", ("1201", "12")[level], [Role.REVIEWER])
        for level in reviewers
    ]
    cookies = [await signed_in_cookie(running, one.form(), run, number) for number, one in enumerate(held)]
    way = await on_the_way(name)
    return way, await candidate_cookie(running, name, CANDIDATE_PASSWORD, run), cookies


def post(cookie: str, path: str, **form: Any) -> Ask:
    return Ask("POST", path, form, headers={"Cookie": cookie, **FORM})


def put(cookie: str, slot: str, number: int) -> Ask:
    picture = pictures.written(pictures.page(320 + number, 240, 0), quality=70)
    headers = {"Cookie": cookie, "Content-Type": "image/jpeg", "Accept": "application/json"}
    return Ask("PUT", f"/my/photos/{uuid4()}?slot={slot}", body=picture, headers=headers)


def split(answers: Sequence[httpx.Response], *sizes: int) -> list[Counter[int]]:
    """How often each status was answered, group by group in the order of the asks."""
    found, at = [], 0
    for size in sizes:
        found.append(Counter(one.status_code for one in answers[at : at + size]))
        at += size
    assert at == len(answers)
    broken = [(one.status_code, one.text[-2_000:]) for one in answers if one.status_code >= 500]
    assert broken == []
    return found


async def moves_whole(way: Way) -> list[str]:
    """The moves of a case by name: one after the other, leading to where it stands, each told once."""
    case, place = await way.case(), COLLECTING
    rows = await CaseMove.filter(case_id=way.case_id).order_by("number")
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert place == Place(Stage(row.from_stage), row.from_level)
        place = Place(Stage(row.to_stage), row.to_level)
    assert place == Place(Stage(case.stage), case.level)
    if rows and rows[-1].move != "take_back":
        assert case.arrived_by == rows[-1].id
    if case.stage != Stage.REVIEW.value:
        assert (case.lease_holder, case.lease_until) == (None, None)
    asking = await Supplement.filter(case_id=way.case_id, closed_at=None).count()
    assert asking == (case.stage == Stage.SUPPLEMENT.value)
    assert await chain_breaks(f"case:{way.case_id}") == []
    return [row.move for row in rows]


async def until_moved(way: Way, work: Callable[[OpenExam, Any], Awaitable[None]]) -> None:
    """The clock's work, again and again until the case stands elsewhere; the duty does the same meanwhile."""
    start = await way.place()
    for _ in range(2000):
        try:
            await work(way.exam, way.case_id)
        except Refused:
            if await way.place() != start:
                return
            await asyncio.sleep(0.005)
        else:
            return
    raise AssertionError(f"{way.case_id} never moved")


@transaction
async def falls_due_soon(way: Way, seconds: float) -> None:
    """The case's own bell, or its request's due time, is that far ahead of the exam's clock."""
    soon = await exam_now() + timedelta(seconds=seconds)
    if (await way.place()).stage is Stage.SUPPLEMENT:
        await Supplement.filter(case_id=way.case_id).update(due=soon)
    else:
        await Case.filter(id=way.case_id).update(bell=soon)


async def test_an_answer_and_the_due_time_hand_a_case_in_once(running: Served) -> None:
    for run in range(RUNS):
        way, cookie, _ = await newcomer(running, run)
        await way.bring_to(supplement(0))
        photo = await Photo.get(case_id=way.case_id, slot="front")
        await way.put("ID.front", replaces=photo.id)
        await falls_due_soon(way, 0.3 + 0.05 * (run % 5))
        answers, _ = await asyncio.gather(
            all_asked(running, [post(cookie, "/my/answer")] * 8, run), until_moved(way, fall_due.expire)
        )
        (told,) = split(answers, 8)
        assert told[303] <= 1, told
        *_, last = await moves_whole(way)
        assert last == ("answer" if told[303] else "expire")
        assert await way.place() == review(0)
        assert (await Supplement.get(case_id=way.case_id)).outcome == "answered"


async def test_a_photo_that_comes_with_the_bell_is_in_the_case_or_refused(running: Served) -> None:
    places = ["ID.front", "ID.back", "ID.holding", "DIPLOMA.page", "OTHER.page", "OTHER.page"]
    for run in range(RUNS):
        way, cookie, _ = await newcomer(running, run)
        bell = await way.bell()
        await exam_time(bell + timedelta(minutes=1))
        await transaction(Case.filter(id=way.case_id).update)(bell=bell + timedelta(days=1))
        await falls_due_soon(way, 0.35 + 0.06 * (run % 5))
        asks = [put(cookie, place, number) for number, place in enumerate(places)]
        answers, _ = await asyncio.gather(all_asked(running, asks, run), until_moved(way, fall_due.close))
        (told,) = split(answers, len(asks))
        assert set(told) <= {201, 423}, told
        photos = await Photo.filter(case_id=way.case_id)
        assert len(photos) == told[201]
        assert await moves_whole(way) == ["close"]
        assert await way.place() == (review(0) if photos else WITHDRAWN)
        assert all(photo.round == 1 for photo in photos)
        assert (await way.case()).version == 2 + len(photos)


async def test_giving_up_and_taking_back_follow_one_another_or_exclude_each_other(running: Served) -> None:
    for run in range(RUNS):
        way, cookie, (region,) = await newcomer(running, run, 1)
        await way.bring_to(PASSED)
        passed = await CaseMove.get(case_id=way.case_id, move="pass")
        await transaction(CaseMove.filter(id=passed.id).update)(at=now())
        asks = [post(cookie, "/my/withdrawal", sure="yes")] * 4
        asks += [post(region, f"/review/cases/{way.case_id}/take-back")] * 4
        answers = await all_asked(running, asks, run)
        gave_up, took_back = split(answers, 4, 4)
        assert gave_up[303] <= 1, gave_up
        assert took_back[303] <= 1, took_back
        assert gave_up[303] + took_back[303] >= 1
        moves = (await moves_whole(way))[3:]
        assert moves == ["take_back"] * took_back[303] + ["withdraw"] * gave_up[303]
        undone = (await CaseMove.get(id=passed.id)).undone_at is not None
        assert undone == bool(took_back[303])
        assert await way.place() == (WITHDRAWN if gave_up[303] else review(1))


async def test_of_all_opinions_given_at_once_one_counts(running: Served) -> None:
    for run in range(RUNS):
        way, _, (holder,) = await newcomer(running, run, 0)
        keyring = open_keyring("", running.settings.data / "keys")
        held = await enrolled_staff(keyring, f"t{uuid4().hex}", "1201", [Role.REVIEWER])
        colleague = await signed_in_cookie(running, held.form(), run, 7)
        await way.bring_to(review(0))
        await way.judge(0)
        version = (await way.case()).version
        path = f"/review/cases/{way.case_id}/conclusion"
        meets = post(holder, path, conclusion="meets", version=version)
        fails = post(holder, path, conclusion="fails", version=version, reasons=REASON, note="不符合")
        theirs = post(colleague, path, conclusion="fails", version=version, reasons=REASON, note="不符合")
        takes = post(colleague, f"/review/cases/{way.case_id}/claim", reason="换班")
        contested = run % 2 == 1
        asks = [meets, meets, fails, fails, theirs, theirs, *([takes] if contested else [])]
        answers = await all_asked(running, asks, run)
        told = split(answers, 4, 2, len(asks) - 6)
        decided = told[0][303] + told[1][303]
        assert decided <= 1, told
        assert decided == 1 or told[2][303] == 1, "nobody decides only where the colleague has taken over"
        assert await moves_whole(way) == ["submit", *(["pass_up"] * decided)]
        case = await way.case()
        assert case.version == version + decided
        if decided:
            row = await CaseMove.get(case_id=way.case_id, move="pass_up")
            by = answers[[one.status_code for one in answers[:6]].index(303)]
            said = "meets" if by in answers[:2] else "fails"
            assert row.conclusion == said
        else:
            assert case.lease_holder == held.id


async def test_a_case_that_is_recalled_is_in_nobodys_hands(running: Served) -> None:
    await load_variant(review_from="submit", materials=FEW)
    for run in range(RUNS):
        way, cookie, (site,) = await newcomer(running, run, 0)
        await way.put_required()
        await way.submit()
        asks = [post(cookie, "/my/submission/recall")] * 3
        asks += [post(site, f"/review/cases/{way.case_id}/claim")] * 3
        recalled, claimed = split(await all_asked(running, asks, run), 3, 3)
        assert recalled[303] == 1, recalled
        assert set(claimed) <= {303, 404, 409}, claimed
        assert await moves_whole(way) == ["submit", "recall"]
        assert await way.place() == COLLECTING
