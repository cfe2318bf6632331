"""The rows of the table of moves as stories: how a case comes there, who does what, and what stands against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.actions.against import (
    Spoil,
    actors,
    ago,
    announced,
    at_the_bell,
    at_the_due_time,
    before_the_bell,
    before_the_due_time,
    came,
    claimed_since,
    concluded_elsewhere,
    incoming,
    later_round,
    one_photo_less,
    published,
    verdict_saved,
    verdicts_ended,
)
from tests.cases.way import Way, exam_time
from webapp.actions import account_for, cancel_ask, extend
from webapp.actions.decide import take_back
from webapp.actions.managing import Ground, Manager
from webapp.actions.moving import Mover, locked_file, make_move
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import (
    Photo,
    Supplement,
)
from webapp.rules.places import (
    COLLECTING,
    FAILED,
    PASSED,
    WITHDRAWN,
    By,
    Move,
    Place,
    Stage,
    review,
    supplement,
)
from webapp.rules.verdicts import Conclusion

Act = Callable[[Way], Awaitable[object]]
IMPORT = Mover(By.IMPORT, "import")


def concludes_at(level: int, conclusion: Conclusion) -> Act:
    async def act(way: Way) -> None:
        said = dict(way.said)
        if said.pop("colleague", False):
            said["reviewer"] = way.colleagues[level]
        if said.pop("stale", False):
            said["version"] = (await way.case()).version - 1
        await way.conclude(level, said.pop("conclusion", conclusion), **said)

    return act


async def cancels(way: Way) -> None:
    case = await way.case()
    assert case.level is not None
    version = case.version - int(way.said.get("stale", False))
    one = way.reviewers[case.level]
    await cancel_ask.cancel_ask(way.exam, one.id, one.offices, way.case_id, version)


def takes_back(level: int) -> Act:
    async def act(way: Way) -> None:
        people = way.colleagues if way.said.get("colleague") else way.reviewers
        await take_back(way.exam, people[level], way.case_id)

    return act


async def ground(way: Way) -> Ground:
    version = (await way.case()).version - int(way.said.get("stale", False))
    later = max(await way.bell(), await exam_now()) + timedelta(days=1)
    return Ground(version, way.said.get("reason", "家属来电"), way.said.get("deadline", later))


def manages(act: Callable[..., Awaitable[object]], who: str = "manager") -> Act:
    async def acts(way: Way) -> None:
        manager: Manager = getattr(way, who)
        await act(way.exam, manager, way.case_id, await ground(way))

    return acts


def imports(move: Move) -> Act:
    @transaction
    async def act(way: Way) -> None:
        exam = way.exam
        file = await locked_file(exam, way.case_id, move)
        await make_move(exam, file, move, IMPORT, file.circumstances(await exam_now(), now()))

    return act


# How a case comes to where a row begins.


async def fills(way: Way) -> None:
    await way.put_required()


async def submits(way: Way) -> None:
    await way.put_required()
    await way.submit()


async def puts_one(way: Way) -> None:
    await way.put("ID.back")
    await way.past_the_bell()


async def waits_for_the_bell(way: Way) -> None:
    await way.past_the_bell()


def closed_and_given_time(fill: Act) -> Act:
    async def bring(way: Way) -> None:
        await fill(way)
        await way.close()
        later = await way.bell() + timedelta(days=1)
        version = (await way.case()).version
        await extend.extend_case(way.exam, way.site_manager, way.case_id, Ground(version, "停电", later))

    return bring


def judged(level: int) -> Act:
    async def bring(way: Way) -> None:
        await way.bring_to(review(level))
        await way.judge(level)

    return bring


def claimed(level: int, *, wants: bool = False) -> Act:
    async def bring(way: Way) -> None:
        await way.bring_to(review(level))
        await way.claim(level)
        if wants:
            await way.want_again(level)

    return bring


def asked(level: int, *, supplied: bool = False) -> Act:
    async def bring(way: Way) -> None:
        await way.bring_to(supplement(level))
        if supplied:
            await way.put("ID.front", replaces=(await Photo.get(case_id=way.case_id, slot="front")).id)

    return bring


async def falls_due(way: Way) -> None:
    await exam_time((await Supplement.get(case_id=way.case_id, closed_at=None)).due)


def then(*acts: Act) -> Act:
    async def bring(way: Way) -> None:
        for act in acts:
            await act(way)

    return bring


def at_place(place: Place) -> Act:
    return lambda way: way.bring_to(place)


async def gives_up(way: Way) -> None:
    await way.give_up()


async def is_closed(way: Way) -> None:
    await way.close()


@dataclass(frozen=True)
class Line:
    """One row of the table: how a case is brought there, what is done, where it leads, what stands against it."""

    move: Move
    by: By
    start: Place
    leads: Place
    bring: Act
    act: Act
    breaks: tuple[tuple[str, Spoil], ...] = ()
    levels: int = 2
    flags: frozenset[str] = frozenset()
    undoes: str = ""

    @property
    def name(self) -> str:
        what = f"{self.move.value}-{self.undoes}".strip("-")
        return f"{what}-by-{self.by.value}-{self.start}-{self.leads}-of-{self.levels}"


ARRIVING = (("announcement.open", announced), ("incoming.waiting", incoming))
STALE = ("version.stale", actors(stale=True))
PUBLISHED = ("phase.published", published)
SAID = ("verdict.saved", verdict_saved)


def deciding(lacks: Spoil) -> tuple[tuple[str, Spoil], ...]:
    return (
        ("lease.not_yours", actors(colleague=True)),
        STALE,
        ("concluded.elsewhere", concluded_elsewhere),
        ("conclusion.lacks_verdicts", lacks),
    )


UNSAID = actors(cited=("OTHER",))
NO_WORD = ("reason.missing", actors(reasons=()))


def of_candidate() -> list[Line]:
    shut = ("window.closed", at_the_bell)
    return [
        Line(
            Move.SUBMIT,
            By.CANDIDATE,
            COLLECTING,
            review(0),
            fills,
            lambda way: way.submit(),
            (shut, ("required.missing", one_photo_less), *ARRIVING),
        ),
        Line(
            Move.RECALL,
            By.CANDIDATE,
            review(0),
            COLLECTING,
            submits,
            lambda way: way.recall(),
            (shut, ("round.later", later_round), SAID),
        ),
        Line(
            Move.WITHDRAW,
            By.CANDIDATE,
            COLLECTING,
            WITHDRAWN,
            fills,
            gives_up,
            (PUBLISHED,),
        ),
    ]


def of_the_bell() -> list[Line]:
    early = ("bell.ahead", before_the_bell)
    shut = ("window.closed", at_the_bell)
    another = ("close.not_by", came(move="submit"))
    return [
        Line(
            Move.CLOSE,
            By.CLOCK,
            COLLECTING,
            review(0),
            puts_one,
            is_closed,
            (early, *ARRIVING),
            flags=frozenset({"incomplete"}),
        ),
        Line(
            Move.CLOSE,
            By.CLOCK,
            COLLECTING,
            WITHDRAWN,
            waits_for_the_bell,
            is_closed,
            (early, *ARRIVING),
        ),
        Line(
            Move.UNCLOSE,
            By.CLOCK,
            review(0),
            COLLECTING,
            closed_and_given_time(puts_one),
            lambda way: way.unclose(),
            (shut, another, SAID),
        ),
        Line(
            Move.UNCLOSE,
            By.CLOCK,
            WITHDRAWN,
            COLLECTING,
            closed_and_given_time(waits_for_the_bell),
            lambda way: way.unclose(),
            (shut, another, SAID, PUBLISHED),
        ),
    ]


def of_reviewers(levels: int, level: int) -> list[Line]:
    """What a level can decide, and have taken back."""
    here, last = review(level), level == levels - 1
    against = ("reason.missing", actors(conclusion=Conclusion.FAILS, reasons=()))
    lines = [
        Line(
            Move.ASK,
            By.REVIEWER,
            here,
            supplement(level),
            claimed(level, wants=True),
            concludes_at(level, Conclusion.ASKS),
            (
                *deciding(UNSAID),
                ("ask.empty", verdicts_ended),
                ("due.too_early", actors(due=now() - timedelta(days=9))),
            ),
        )
    ]
    if level:
        lines.append(
            Line(
                Move.RETURN_DOWN,
                By.REVIEWER,
                here,
                review(level - 1),
                claimed(level),
                concludes_at(level, Conclusion.RETURNS),
                (*deciding(UNSAID), NO_WORD),
            )
        )
    if not last:
        lines.append(
            Line(
                Move.PASS_UP,
                By.REVIEWER,
                here,
                review(level + 1),
                judged(level),
                concludes_at(level, Conclusion.MEETS),
                (*deciding(verdicts_ended), against),
            )
        )
    if last:
        lines += [
            Line(
                Move.PASS,
                By.REVIEWER,
                here,
                PASSED,
                judged(level),
                concludes_at(level, Conclusion.MEETS),
                deciding(verdicts_ended),
            ),
            Line(
                Move.FAIL,
                By.REVIEWER,
                here,
                FAILED,
                claimed(level),
                concludes_at(level, Conclusion.FAILS),
                (*deciding(UNSAID), NO_WORD),
            ),
        ]
    undone = [
        Line(
            Move.TAKE_BACK,
            By.REVIEWER,
            line.leads,
            here,
            then(line.bring, line.act),
            takes_back(level),
            (
                ("take_back.nothing", came(move="restore")),
                ("take_back.not_yours", actors(colleague=True)),
                ("take_back.late", ago(seconds=10)),
                ("take_back.claimed", claimed_since),
            ),
            undoes=line.move.value,
        )
        for line in lines
    ]
    return [
        replace(line, levels=levels, breaks=line.breaks if levels == 2 else ()) for line in (*lines, *undone)
    ]


def of_supplements(levels: int, level: int) -> list[Line]:
    start, back = supplement(level), review(level)
    unsettled = ("decision.unsettled", ago(seconds=9))
    lines = [
        Line(
            Move.ANSWER,
            By.CANDIDATE,
            start,
            back,
            asked(level, supplied=True),
            lambda way: way.answer(),
            (
                unsettled,
                ("due.passed", at_the_due_time),
                ("answer.missing", one_photo_less),
                *ARRIVING,
            ),
            levels,
        ),
        Line(
            Move.EXPIRE,
            By.CLOCK,
            start,
            back,
            then(asked(level), falls_due),
            lambda way: way.expire(),
            (unsettled, ("due.ahead", before_the_due_time), *ARRIVING),
            levels,
            frozenset({"not_answered"}),
        ),
        Line(Move.CANCEL_ASK, By.ASKING_OFFICE, start, back, asked(level), cancels, (STALE,), levels),
    ]
    return lines if levels == 2 else [replace(line, breaks=()) for line in lines]


def of_accounts(levels: int) -> list[Line]:
    last = review(levels - 1)
    silent = ("reason.missing", actors(reason=" "))
    no_time = ("deadline.missing", actors(deadline=None))
    lines = [
        Line(
            Move.REOPEN,
            By.REGION_MANAGER,
            place,
            last,
            at_place(place),
            manages(account_for.reopen),
            (STALE, silent),
            levels,
        )
        for place in (PASSED, FAILED)
    ]
    places = (COLLECTING, review(0), last, supplement(levels - 1), PASSED, FAILED)
    for place in places if levels == 2 else (supplement(levels - 1),):
        lines += [
            Line(
                Move.WITHDRAW,
                By.REGION_MANAGER,
                place,
                WITHDRAWN,
                at_place(place),
                manages(account_for.withdraw),
                (PUBLISHED, STALE),
                levels,
            ),
            Line(
                Move.RESTORE,
                By.REGION_MANAGER,
                WITHDRAWN,
                place,
                then(at_place(place), gives_up, *_late(place)),
                manages(account_for.restore),
                (
                    STALE,
                    silent,
                    *((no_time,) if place.stage in {Stage.COLLECTING, Stage.SUPPLEMENT} else ()),
                ),
                levels,
            ),
        ]
    return list({line.name: line for line in lines}.values())


def _late(place: Place) -> tuple[Act, ...]:
    """Until the time that the case had has run out."""
    if place.stage is Stage.COLLECTING:
        return (waits_for_the_bell,)
    return (falls_due,) if place.stage is Stage.SUPPLEMENT else ()


def of_others() -> list[Line]:
    return [
        Line(
            Move.RESTORE,
            By.SITE_MANAGER,
            WITHDRAWN,
            COLLECTING,
            then(waits_for_the_bell, is_closed),
            manages(account_for.restore, "site_manager"),
            (
                ("withdrawn.not_by_close", came(move="withdraw")),
                STALE,
                ("reason.missing", actors(reason="")),
                ("deadline.missing", actors(deadline=None)),
            ),
        ),
        Line(
            Move.WITHDRAW,
            By.IMPORT,
            review(0),
            WITHDRAWN,
            submits,
            imports(Move.WITHDRAW),
            (PUBLISHED,),
        ),
        Line(
            Move.RESTORE,
            By.IMPORT,
            WITHDRAWN,
            review(0),
            then(submits, imports(Move.WITHDRAW)),
            imports(Move.RESTORE),
            (("withdrawn.not_by_import", came(by="candidate")), PUBLISHED),
        ),
    ]


LINES = [
    *of_candidate(),
    *of_the_bell(),
    *of_others(),
    *(line for levels in (1, 2, 3) for level in range(levels) for line in of_reviewers(levels, level)),
    *(line for levels, level in ((1, 0), (2, 0), (2, 1), (3, 1)) for line in of_supplements(levels, level)),
    *(line for levels in (1, 2, 3) for line in of_accounts(levels)),
]
