"""What can stand against a move: each spoils a case, or what its actor says, for the length of a block."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.cases.way import Way, announce, exam_time
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import (
    Announcement,
    Case,
    CaseMove,
    Incoming,
    Phase,
    Photo,
    Supplement,
    Verdict,
)

Spoil = Callable[[Way], AbstractAsyncContextManager[None]]


@transaction
async def changed(query: Any, **values: Any) -> None:
    """Rows as they would be had things gone otherwise."""
    await query.update(**values)


@asynccontextmanager
async def clock_at(way: Way, shift: timedelta, *, of_due: bool = False) -> AsyncIterator[None]:
    """The exam's clock stands ``shift`` from the case's bell, or from its request's due time."""
    before, real = await exam_now(), now()
    deadline = await way.bell()
    if of_due:
        deadline = (await Supplement.get(case_id=way.case_id, closed_at=None)).due
    await exam_time(deadline + shift)
    yield
    await exam_time(before + (now() - real))


def at_the_bell(way: Way) -> AbstractAsyncContextManager[None]:
    return clock_at(way, timedelta())


def before_the_bell(way: Way) -> AbstractAsyncContextManager[None]:
    return clock_at(way, -timedelta(hours=1))


def at_the_due_time(way: Way) -> AbstractAsyncContextManager[None]:
    return clock_at(way, timedelta(), of_due=True)


def before_the_due_time(way: Way) -> AbstractAsyncContextManager[None]:
    return clock_at(way, -timedelta(hours=1), of_due=True)


@asynccontextmanager
async def one_photo_less(way: Way) -> AsyncIterator[None]:
    photo = await Photo.filter(case_id=way.case_id, removed_at=None, slot="front").order_by("-round").first()
    assert photo is not None
    await changed(Photo.filter(id=photo.id), removed_at=now())
    yield
    await changed(Photo.filter(id=photo.id), removed_at=None)


@asynccontextmanager
async def announced(way: Way) -> AsyncIterator[None]:
    row = await announce(way.case_id, "ID.front")
    yield
    await changed(Announcement.filter(id=row.id), ended_at=now(), ended_why="withdrawn")


@transaction
async def arrives(case_id: UUID) -> Incoming:
    return await Incoming.create(
        id=uuid4(),
        case_id=case_id,
        material="OTHER",
        slot="page",
        sha256="0" * 64,
        size=1,
        file="none",
        state="waiting",
        seen={},
        arrived_at=now(),
    )


@asynccontextmanager
async def incoming(way: Way) -> AsyncIterator[None]:
    row = await arrives(way.case_id)
    yield
    await changed(Incoming.filter(id=row.id), state="removed")


@asynccontextmanager
async def later_round(way: Way) -> AsyncIterator[None]:
    await changed(Case.filter(id=way.case_id), round=2)
    yield
    await changed(Case.filter(id=way.case_id), round=1)


@transaction
async def says(way: Way, level: int) -> Verdict:
    return await Verdict.create(
        case_id=way.case_id,
        material="OTHER",
        level=level,
        round=1,
        kind="accepted",
        slots=[],
        reasons=[],
        staff_id=way.reviewers[level].id,
        at=now(),
    )


@asynccontextmanager
async def verdict_saved(way: Way) -> AsyncIterator[None]:
    row = await says(way, 0)
    yield
    await changed(Verdict.filter(id=row.id), ended_at=now(), ended_why="changed")


@asynccontextmanager
async def verdicts_ended(way: Way) -> AsyncIterator[None]:
    standing = [row.id for row in await Verdict.filter(case_id=way.case_id, ended_at=None)]
    assert standing
    await changed(Verdict.filter(id__in=standing), ended_at=now())
    yield
    await changed(Verdict.filter(id__in=standing), ended_at=None)


@asynccontextmanager
async def published(way: Way) -> AsyncIterator[None]:
    await changed(Phase.filter(id=way.exam.phase.id), published_at=await exam_now())
    yield
    await changed(Phase.filter(id=way.exam.phase.id), published_at=None)


def came(**otherwise: str) -> Spoil:
    """The case had come to where it stands by another move, or by somebody else's."""

    @asynccontextmanager
    async def spoil(way: Way) -> AsyncIterator[None]:
        arrived = CaseMove.filter(id=(await way.case()).arrived_by)
        before = (await arrived.values(*otherwise))[0]
        await changed(arrived, **otherwise)
        yield
        await changed(arrived, **before)

    return spoil


def ago(**real: float) -> Spoil:
    """The case came to where it stands that long ago."""

    @asynccontextmanager
    async def spoil(way: Way) -> AsyncIterator[None]:
        arrived = CaseMove.filter(id=(await way.case()).arrived_by)
        before = (await arrived.get()).at
        await changed(arrived, at=now() - timedelta(**real))
        yield
        await changed(arrived, at=before)

    return spoil


@asynccontextmanager
async def claimed_since(way: Way) -> AsyncIterator[None]:
    before = (await way.case()).claimed_at
    await changed(Case.filter(id=way.case_id), claimed_at=now())
    yield
    await changed(Case.filter(id=way.case_id), claimed_at=before)


@asynccontextmanager
async def concluded_elsewhere(way: Way) -> AsyncIterator[None]:
    """The reviewer of this level had concluded the case at another one."""
    case = await way.case()
    assert case.level is not None
    row = await concludes(way, case.level)
    yield
    await forgets(row)


@transaction
async def forgets(row: CaseMove) -> None:
    await row.delete()


@transaction
async def concludes(way: Way, level: int) -> CaseMove:
    return await CaseMove.create(
        case_id=way.case_id,
        number=900 + level,
        move="pass_up",
        by="reviewer",
        actor="staff",
        person=way.reviewers[level].id,
        from_stage="review",
        from_level=level + 1,
        to_stage="review",
        to_level=level,
        round=1,
        at=now(),
        exam_at=now(),
        conclusion="meets",
        reasons=[],
    )


def actors(**otherwise: Any) -> Spoil:
    """Whoever acts says this instead of the usual."""

    @asynccontextmanager
    async def spoil(way: Way) -> AsyncIterator[None]:
        way.said = otherwise
        yield
        way.said = {}

    return spoil
