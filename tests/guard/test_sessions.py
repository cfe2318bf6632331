"""Sessions are rows: they end by idleness, by age and by hand, and the table opens no door."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError

from tests.house import EXAM, activated_candidate
from webapp.actions.keep_staff import add_staff, disable_staff
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.guard.rows import Session
from webapp.guard.sessions import (
    CANDIDATE_IDLE,
    LONGEST,
    STAFF_IDLE,
    SignedIn,
    count_other_sessions,
    end_session,
    end_sessions_of,
    find_session,
    forget_ended_sessions,
    keep_running,
    open_session,
)
from webapp.records import Candidate, Case, Registration, Staff
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role
from webapp.settings import Settings

SECOND = timedelta(seconds=1)
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Watch:
    """The guard's clock, put forward by hand."""

    def __init__(self) -> None:
        self.moment = now()

    def now(self) -> object:
        """What the guard takes for now."""
        return self.moment

    def forward(self, by: timedelta) -> None:
        """Lets time pass."""
        self.moment += by


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(settings.database_url):
        yield


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A clock that stands still until it is put forward."""
    made = Watch()
    monkeypatch.setattr("webapp.guard.sessions.now", made.now)
    return made


@pytest.fixture
async def candidate() -> Candidate:
    """Somebody to sign in."""
    return await activated_candidate("zhangsan")


async def some_staff(user_name: str = "guanli") -> Staff:
    """An account with two posts at the region and one at a site."""
    offices = {office.code: office.id for office in (await open_exam()).offices}
    posts = [(offices["12"], Role.MANAGER), (offices["12"], Role.AUDITOR), (offices["1201"], Role.REVIEWER)]
    await add_staff(EXAM, by="operator", name="管理甲", user_name=user_name, posts=posts)
    return await Staff.get(user_name=user_name)


async def signed_in(token: str) -> SignedIn | None:
    """Whoever a request with this token comes from; it keeps the session running."""
    found = await find_session(token)
    if found is None:
        return None
    await keep_running(found)
    return found.person


async def person_of(token: str) -> SignedIn:
    """Whoever a token belongs to; it must belong to somebody."""
    person = await signed_in(token)
    assert person is not None
    return person


@either_will_do
async def test_a_candidates_session_tells_who_it_is(candidate: Candidate) -> None:
    person = await person_of(await open_session(candidate_id=candidate.id))
    assert (person.kind, person.id, person.name, person.user_name) == (
        "candidate",
        candidate.id,
        "测试甲",
        "zhangsan",
    )
    assert person.roles == {"candidate"}
    assert person.actor == f"candidate:{candidate.id}"
    assert person.offices("reviewer") == ()


async def test_a_staff_session_tells_roles_and_offices() -> None:
    staff = await some_staff()
    person = await person_of(await open_session(staff_id=staff.id))
    assert (person.kind, person.id, person.candidate) == ("staff", staff.id, None)
    assert person.roles == {"manager", "auditor", "reviewer"}
    assert person.actor == f"staff:{staff.id}"
    assert [office.code for office in person.offices("manager")] == ["12"]
    assert [office.code for office in person.offices("reviewer")] == ["1201"]
    assert person.offices("candidate") == ()


@either_will_do
async def test_the_table_holds_no_token(candidate: Candidate) -> None:
    token = await open_session(candidate_id=candidate.id)
    (row,) = await Session.all()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in (row.token_hash, str(row.id))
    assert await signed_in(row.token_hash) is None, "what is read from the table signs nobody in"
    assert len(token) >= 43, "256 random bits"
    assert len({await open_session(candidate_id=candidate.id) for _ in range(10)}) == 10


@either_will_do
async def test_an_invented_token_is_nobodys(candidate: Candidate) -> None:
    assert await signed_in(await open_session(candidate_id=candidate.id)) is not None
    for token in ("", "x", "0" * 64, "../..", "\0"):
        assert await signed_in(token) is None


async def test_a_session_belongs_to_somebody_who_exists() -> None:
    with pytest.raises(IntegrityError):
        await open_session(candidate_id=uuid4())


@either_will_do
async def test_idleness_ends_a_session_staffs_sooner_than_candidates(
    candidate: Candidate, watch: Watch
) -> None:
    staff = await some_staff()
    of_candidate, of_staff = (
        await open_session(candidate_id=candidate.id),
        await open_session(staff_id=staff.id),
    )
    assert timedelta(minutes=15) == STAFF_IDLE
    assert timedelta(minutes=30) == CANDIDATE_IDLE
    watch.forward(STAFF_IDLE)
    assert await signed_in(of_staff) is None
    watch.forward(CANDIDATE_IDLE - STAFF_IDLE - SECOND)
    assert await signed_in(of_candidate) is not None
    watch.forward(CANDIDATE_IDLE - SECOND)
    assert await signed_in(of_candidate) is not None, "being used keeps it"
    watch.forward(CANDIDATE_IDLE)
    assert await signed_in(of_candidate) is None


@either_will_do
async def test_after_twelve_hours_being_used_no_longer_keeps_it(candidate: Candidate, watch: Watch) -> None:
    token = await open_session(candidate_id=candidate.id)
    assert timedelta(hours=12) == LONGEST
    for _ in range(35):
        watch.forward(timedelta(minutes=20))
        assert await signed_in(token) is not None
    watch.forward(timedelta(minutes=20) - SECOND)
    assert await signed_in(token) is not None
    watch.forward(SECOND)
    assert await signed_in(token) is None


async def test_being_used_is_written_down_once_a_minute_and_not_once_a_request(
    candidate: Candidate, watch: Watch
) -> None:
    token = await open_session(candidate_id=candidate.id)
    opened_at = (await Session.get()).seen_at
    for _ in range(5):
        watch.forward(timedelta(seconds=11))
        await person_of(token)
    assert (await Session.get()).seen_at == opened_at
    watch.forward(timedelta(seconds=5))
    await person_of(token)
    row = await Session.get()
    assert row.seen_at == watch.moment
    assert row.idle_until == watch.moment + CANDIDATE_IDLE


@either_will_do
async def test_a_new_session_ends_the_one_it_stands_for_and_no_other(candidate: Candidate) -> None:
    first, other = (
        await open_session(candidate_id=candidate.id),
        await open_session(candidate_id=candidate.id),
    )
    second = await open_session(candidate_id=candidate.id, instead_of=first)
    assert await signed_in(first) is None
    assert await signed_in(other) is not None
    assert await signed_in(second) is not None
    assert await signed_in(await open_session(candidate_id=candidate.id, instead_of="invented")) is not None


@either_will_do
async def test_signing_out_ends_this_browsers_session_alone(candidate: Candidate) -> None:
    here, there = await open_session(candidate_id=candidate.id), await open_session(candidate_id=candidate.id)
    await end_session((await person_of(here)).session_id)
    assert await signed_in(here) is None
    assert await signed_in(there) is not None


async def test_all_sessions_of_one_person_end_or_all_but_one(candidate: Candidate) -> None:
    staff, neighbour = await some_staff(), await activated_candidate("lisi")
    mine = [await open_session(candidate_id=candidate.id) for _ in range(3)]
    others = [await open_session(candidate_id=neighbour.id), await open_session(staff_id=staff.id)]
    here = await person_of(mine[0])
    assert await count_other_sessions(here) == 2
    assert await end_sessions_of(candidate_id=candidate.id, but=here.session_id) == 2
    assert [await signed_in(token) is not None for token in mine] == [True, False, False]
    assert await count_other_sessions(here) == 0
    assert await end_sessions_of(candidate_id=candidate.id) == 1
    assert all([await signed_in(token) is not None for token in others])
    assert await end_sessions_of(staff_id=staff.id) == 1
    assert await end_sessions_of() == 0, "nobody's sessions are not everybody's"
    assert await signed_in(others[0]) is not None


@either_will_do
async def test_sessions_that_have_ended_are_not_counted(candidate: Candidate, watch: Watch) -> None:
    await open_session(candidate_id=candidate.id)
    watch.forward(CANDIDATE_IDLE)
    here = await person_of(await open_session(candidate_id=candidate.id))
    assert await count_other_sessions(here) == 0
    await open_session(candidate_id=candidate.id)
    assert await count_other_sessions(here) == 1


@either_will_do
async def test_a_disabled_account_is_out_at_once(candidate: Candidate) -> None:
    staff, colleague = await some_staff(), await some_staff("chayue")
    token, other = await open_session(staff_id=staff.id), await open_session(staff_id=colleague.id)
    assert await signed_in(token) is not None
    await disable_staff(EXAM, staff.id, by="operator")
    assert await signed_in(token) is None
    assert await signed_in(other) is not None


@either_will_do
async def test_a_deleted_person_takes_the_sessions_along(candidate: Candidate) -> None:
    token = await open_session(candidate_id=candidate.id)
    await _delete(candidate)
    assert await Session.all().count() == 0
    assert await signed_in(token) is None


@transaction
async def _delete(candidate: Candidate) -> None:
    await Case.filter(candidate_id=candidate.id).delete()
    await Registration.filter(candidate_id=candidate.id).delete()
    await candidate.delete()


async def test_only_sessions_that_have_ended_are_forgotten(candidate: Candidate, watch: Watch) -> None:
    old = await open_session(candidate_id=candidate.id)
    watch.forward(CANDIDATE_IDLE)
    new = await open_session(candidate_id=candidate.id)
    assert await forget_ended_sessions() == 1
    assert await forget_ended_sessions() == 0
    assert (await signed_in(old), (await person_of(new)).id) == (None, candidate.id)
    watch.forward(LONGEST)
    assert await forget_ended_sessions() == 1
