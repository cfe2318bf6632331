"""Walking a case by the actions: a candidate, their reviewers and managers, in an exam of 1, 2 or 3 levels.

``way = await on_the_way("zhangsan", levels=2)`` makes the people; then ``await way.put_required()``, ``submit()``,
``judge(0)``, ``conclude(0, Conclusion.MEETS)`` and so on, or at once ``await way.bring_to(review(1))``. Photos are rows
whose files nobody reads; all else is done by the actions that the pages call.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.cases.rows import lay_photo, let_ten_seconds_pass, seen_all
from tests.house import EXAM, activated_candidate
from webapp.actions import fall_due, hand_in
from webapp.actions.answer import answer
from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide, take_back
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.keep_staff import add_staff
from webapp.actions.load_exam import load_exam
from webapp.actions.managing import Manager
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.actions.moving import locked_file
from webapp.actions.photo_places import locked, note_change
from webapp.actions.publish import approve, phase_state, publish
from webapp.actions.recording import case_chain, record
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.exams import load_package
from webapp.records import (
    Announcement,
    Candidate,
    Case,
    CaseMove,
    Event,
    Photo,
    Staff,
)
from webapp.records.reading.case_file import CaseFile, read_case
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.rules.changing import lock_on
from webapp.rules.exam_package import ExamPackage
from webapp.rules.package_reading import read_package
from webapp.rules.places import Place, Stage
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion, Kind

REASON = "blurred"
"""A general reason of the default exam."""
KINDS = {1: ("site",), 2: ("site", "region"), 3: ("county", "site", "region")}
"""Which kinds of office review in each variant of the exam. The candidates' offices keep their codes."""
MIDDLE = "120"
"""With three levels: the office between the candidates' (now of kind ``county``) and the region."""
FEW = ("ID", "DIPLOMA", "OTHER")
"""Materials that are enough to tell moves apart, and quick to fill."""


async def publish_all(way: Way) -> None:
    """Two managers of the region publish the phase; ten seconds have passed since the last decision."""
    exam = way.exam
    for case in await Case.filter(phase_id=exam.phase.id):
        await let_ten_seconds_pass(case.id)
    state = await phase_state(exam, await exam_now(), now())
    await approve(exam, way.manager, state.tally.digest)
    await publish(exam, way.other_manager)


def exam_variant(
    levels: int = 2, review_from: str = "bell", materials: Iterable[str] = (), **others: Any
) -> ExamPackage:
    """The default exam with another chain of review; ``materials``: only these, all where none is named."""
    document: dict[str, Any] = copy.deepcopy(dict(_default().document))
    document |= {"review_from": review_from, **others}
    if asked := list(materials):
        for phase in document["phase"]:
            phase["materials"] = asked
    if levels == 3:
        _put_between(document)
    by_kind = {level["office_kind"]: level for level in document["level"]}
    document["level"] = [
        {**by_kind.get(kind, by_kind["site"]), "code": kind, "office_kind": kind} for kind in KINDS[levels]
    ]
    return read_package(document)


@functools.cache
def _default() -> ExamPackage:
    return load_package(EXAM)


def _put_between(document: dict[str, Any]) -> None:
    document["office_kind"].append({"code": "county", "name": {"zh-Hans": "区县"}})
    for office in document["office"]:
        if office["kind"] == "site":
            office |= {"kind": "county", "parent": MIDDLE}
    document["office"].append(
        {"code": MIDDLE, "kind": "site", "parent": "12", "name": {"zh-Hans": "示例市考点"}}
    )


async def load_variant(
    levels: int = 2, review_from: str = "bell", materials: Iterable[str] = (), **others: Any
) -> OpenExam:
    """Loads such a variant in place of the default exam; its window stays as it was moved."""
    await load_exam(exam_variant(levels, review_from, materials, **others), by="operator")
    return await open_exam()


async def exam_time(moment: datetime) -> None:
    """Moves the exam's clock so that it shows ``moment`` now, or up to a second later."""
    await move_exam_clock(EXAM, moment - now(), by="operator")


async def staff_at(user_name: str, office: str, role: Role) -> UUID:
    """The id of somebody with this post, made where they are new; they cannot sign in (``House.staff`` can)."""
    known = await Staff.get_or_none(user_name=user_name)
    if known is not None:
        return known.id
    exam = await open_exam()
    where = next(row for row in exam.offices if row.code == office)
    await add_staff(exam.code, by="operator", name=user_name, user_name=user_name, posts=[(where.id, role)])
    return (await Staff.get(user_name=user_name)).id


async def reviewer_at(user_name: str, office: str) -> Reviewer:
    """A reviewer of the office of that code."""
    exam = await open_exam()
    where = next(row for row in exam.offices if row.code == office)
    return Reviewer(await staff_at(user_name, office, Role.REVIEWER), frozenset({where.id}))


async def manager_at(user_name: str, office: str) -> Manager:
    """A manager of the office of that code."""
    exam = await open_exam()
    where = next(row for row in exam.offices if row.code == office)
    return Manager(await staff_at(user_name, office, Role.MANAGER), frozenset({where.id}))


@transaction
async def put_photo(case_id: UUID, place: str, replaces: UUID | None = None) -> UUID:
    """A photo's rows, as storing it leaves them; refused where its place is locked. Its file does not exist."""
    exam = await open_exam()
    file = await locked_file(exam, case_id)
    photo_id = await _write(exam, file, place)
    if replaces is not None:
        taken_out = {"removed_at": now(), "removed_why": "replaced", "replaced_by": photo_id}
        await Photo.filter(id=replaces).update(**taken_out)
    return photo_id


@transaction
async def put_required(case_id: UUID) -> None:
    """Every photo that the list still demands."""
    exam = await open_exam()
    file = await locked_file(exam, case_id)
    for fill in file.fills:
        if fill.concern.requirement.must:
            for slot in fill.slots:
                for _ in range(slot.missing):
                    await _write(exam, file, f"{fill.concern.material.code}.{slot.slot.code}")


async def _write(exam: OpenExam, file: CaseFile, place: str) -> UUID:
    material, _, slot = place.partition(".")
    lock = lock_on(file.situation(await exam_now(), now()), material, slot)
    if lock is not None:
        raise locked(lock, exam)
    case = await Case.get(id=file.case.id)
    photo_id = await lay_photo(case.id, place)
    await note_change(case, material)
    await record(
        case_chain(case.id),
        actor=f"candidate:{case.candidate_id}",
        what="photo.stored",
        subject=f"photo:{photo_id}",
        place=place,
    )
    return photo_id


@transaction
async def announce(case_id: UUID, place: str, **changes: Any) -> Announcement:
    """An announcement's row, as announcing leaves it."""
    material, _, slot = place.partition(".")
    row = {
        "id": uuid4(),
        "case_id": case_id,
        "material": material,
        "slot": slot,
        "chosen_size": 1,
        "chosen_sha256": "0" * 64,
        "announced_at": await exam_now(),
    }
    return await Announcement.create(**{**row, **changes})


async def accept_all(case_id: UUID, reviewer: Reviewer) -> None:
    """Looks at everything and gives a verdict on each filled or required material."""
    exam = await open_exam()
    await seen_all(case_id, reviewer.id)
    file = await read_case(exam, await Case.get(id=case_id))
    for fill in file.fills:
        if fill.have or fill.concern.requirement.must:
            kind = Kind.ACCEPTED if fill.have else Kind.WAIVED
            await verdict(case_id, reviewer, fill.concern.material.code, kind)


async def verdict(
    case_id: UUID, reviewer: Reviewer, material: str, kind: Kind, slots: tuple[str, ...] = ()
) -> None:
    """One verdict on the current page."""
    reasons = (REASON,) if kind is Kind.REDO else ()
    version = (await Case.get(id=case_id)).version
    opinion = Opinion(material, kind, slots, reasons, version=version)
    await give_verdict(await open_exam(), reviewer, case_id, opinion)


async def close_by_bell() -> None:
    """The bell strikes for everybody, and the clock's work is done."""
    await exam_time((await open_exam()).window.bell)
    await fall_due.cases_fall_due()


@dataclass
class Way:
    """One candidate's case and the people around it; at each level a reviewer and a colleague of theirs."""

    exam: OpenExam
    candidate: Candidate
    case_id: UUID
    reviewers: tuple[Reviewer, ...]
    colleagues: tuple[Reviewer, ...]
    manager: Manager
    """Of the region."""
    other_manager: Manager
    """Of the region as well."""
    site_manager: Manager
    said: dict[str, Any] = field(default_factory=dict)
    """What a test wants its actors to say or be, other than usual."""

    @property
    def levels(self) -> int:
        """How many levels review."""
        return self.exam.levels

    async def fresh(self) -> OpenExam:
        """The exam as a request would read it now: after a later bell of a site or a new package."""
        self.exam = await open_exam()
        return self.exam

    async def case(self) -> Case:
        """The case's row."""
        return await Case.get(id=self.case_id)

    async def file(self) -> CaseFile:
        """The case as the rules see it."""
        return await read_case(self.exam, await self.case())

    async def place(self) -> Place:
        """Where it stands."""
        case = await self.case()
        return Place(Stage(case.stage), case.level)

    async def bell(self) -> datetime:
        """The case's own."""
        return (await self.file()).window.bell

    async def past_the_bell(self) -> None:
        """The exam's clock goes to the bell, or stays where it is later already."""
        if await exam_now() < (bell := await self.bell()):
            await exam_time(bell)

    async def put(self, place: str, replaces: UUID | None = None) -> UUID:
        """One photo."""
        return await put_photo(self.case_id, place, replaces)

    async def put_required(self) -> None:
        """All photos that are demanded."""
        await put_required(self.case_id)

    async def submit(self) -> None:
        """提交审核."""
        await hand_in.submit(self.exam, self.candidate.id)

    async def recall(self) -> None:
        """修改材料."""
        await hand_in.recall(self.exam, self.candidate.id)

    async def give_up(self) -> None:
        """放弃."""
        await hand_in.give_up(self.exam, self.candidate.id)

    async def answer(self) -> None:
        """提交补充材料."""
        await answer(self.exam, self.candidate.id)

    async def close(self) -> None:
        """The bell, for this case alone."""
        await fall_due.close(self.exam, self.case_id)

    async def unclose(self) -> None:
        """A later bell, for this case alone."""
        await fall_due.unclose(self.exam, self.case_id)

    async def expire(self) -> None:
        """The due time, for this case alone."""
        await fall_due.expire(self.exam, self.case_id)

    async def claim(self, level: int, reason: str = "") -> None:
        """The level's reviewer takes the case in hand."""
        await claim(self.exam, self.reviewers[level], self.case_id, takeover_reason=reason)

    async def judge(self, level: int) -> None:
        """Claims, looks at everything and accepts it."""
        await self.claim(level)
        await accept_all(self.case_id, self.reviewers[level])

    async def want_again(self, level: int, place: str = "ID.front") -> None:
        """A verdict that one slot be photographed again, by whoever has the case in hand."""
        material, _, slot = place.partition(".")
        await seen_all(self.case_id, self.reviewers[level].id)
        await verdict(self.case_id, self.reviewers[level], material, Kind.REDO, (slot,) if slot else ())

    async def conclude(self, level: int, conclusion: Conclusion, **others: Any) -> CaseMove:
        """The level's reviewer concludes, on the current page."""
        reviewer: Reviewer = others.pop("reviewer", self.reviewers[level])
        usual: dict[str, Any] = {"version": (await self.case()).version}
        if conclusion in {Conclusion.FAILS, Conclusion.RETURNS}:
            usual["reasons"] = (REASON,)
        if conclusion is Conclusion.ASKS:
            usual["due"] = await self.usual_due()
        decision = Decision(conclusion, **{**usual, **others})
        return await decide(self.exam, reviewer, self.case_id, decision)

    async def usual_due(self) -> datetime:
        """Two days from the bell, or from now where that is later."""
        return max(await self.bell(), await exam_now()) + timedelta(days=2)

    async def ask(self, level: int, place: str = "ID.front") -> None:
        """Claims, wants one slot again, asks; the ten seconds are over."""
        await self.claim(level)
        await self.want_again(level, place)
        await self.conclude(level, Conclusion.ASKS)
        await let_ten_seconds_pass(self.case_id)

    async def take_back(self, level: int) -> CaseMove:
        """The level's reviewer undoes their decision."""
        return await take_back(self.exam, self.reviewers[level], self.case_id)

    async def bring_to(self, target: Place) -> None:
        """From collecting, by the shortest way, with everything filled; ten seconds ago."""
        if target.stage is Stage.COLLECTING:
            return
        await self.put_required()
        await self.submit()
        await self.past_the_bell()
        if target.stage is Stage.WITHDRAWN:
            await self.give_up()
            return
        last = self.levels - 1
        for level in range(last if target.level is None else target.level):
            await self.claim(level)
            await self.conclude(level, Conclusion.FAILS)
        if target.stage is Stage.SUPPLEMENT and target.level is not None:
            await self.ask(target.level)
        if target.stage is Stage.PASSED:
            await self.judge(last)
            await self.conclude(last, Conclusion.MEETS)
        if target.stage is Stage.FAILED:
            await self.claim(last)
            await self.conclude(last, Conclusion.FAILS)
        await let_ten_seconds_pass(self.case_id)


async def on_the_way(user_name: str, site: str = "1201", *, team: str = "", **registration: str) -> Way:
    """A candidate with an empty case in the open exam, and people at every office that it will meet.

    Cases of one ``team`` are worked on by the same people; without one everybody is the candidate's own.
    """
    team = team or user_name
    exam = await open_exam()
    candidate = await activated_candidate(user_name, site, **registration)
    case = await Case.get(phase_id=exam.phase.id, candidate_id=candidate.id)
    offices = [exam.office_at(level, case.site_id).code for level in range(exam.levels)]
    root = exam.region_office.code
    return Way(
        exam,
        candidate,
        case.id,
        tuple([await reviewer_at(f"{team}.shenhe{n}", code) for n, code in enumerate(offices)]),
        tuple([await reviewer_at(f"{team}.tongshi{n}", code) for n, code in enumerate(offices)]),
        await manager_at(f"{team}.guanli", root),
        await manager_at(f"{team}.guanli2", root),
        await manager_at(f"{team}.kaodian", site),
    )


async def rows_of(case_id: UUID) -> Mapping[str, list[dict[str, Any]]]:
    """All that the tables hold of a case, to be compared with a later look."""
    tables: dict[str, Any] = {
        "case": Case.filter(id=case_id),
        "photos": Photo.filter(case_id=case_id),
    }
    for name in (
        "moves",
        "flags",
        "verdicts",
        "supplements",
        "announcements",
        "results",
        "proposals",
        "declarations",
    ):
        model = Case._meta.fields_map[name].related_model  # type: ignore[attr-defined]
        tables[name] = model.filter(case_id=case_id)
    found = {name: await query.order_by("id").values() for name, query in tables.items()}
    chain = case_chain(case_id)
    found["events"] = await Event.filter(chain=chain).order_by("sequence").values("what", "digest")
    return found
