"""What the doors lead to: one exam with people in every state, and each thing that an address can name.

All things lie at the site ``1201``, one candidate waits at ``1202`` as well. Each person's name, numbers and words
are marks: :mod:`tests.walls.matrix` looks for them in every answer to somebody who may not see that person.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from tests.announcing import announcement, on_its_way
from tests.cases.handed_in import shelf_of
from tests.cases.rows import MADE_UP_SIZE, let_ten_seconds_pass, put, seen_all, typed_moment
from tests.cases.way import FEW, Way, load_variant, on_the_way, put_photo
from tests.house import CANDIDATE_PASSWORD, Browser, House
from tests.photos import pictures
from tests.registrations import sample_record
from tests.tables import workbook
from tests.walls.people import CANDIDATES, PLACES, Crowd, gathered
from webapp.actions.declare import declare, doubt_record
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.managing import Manager
from webapp.actions.upload_registrations import upload_registrations
from webapp.actions.work_imports import work_imports
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.guard.api_keys import all_keys
from webapp.pages import static_files
from webapp.photos.shelf import shelf_key
from webapp.records import AskedItem, Candidate, Case, Photo, PhotoVersion, Proposal, RecordDoubt, Supplement
from webapp.records.reading.exams import open_exam
from webapp.rules.filling import Declared
from webapp.rules.places import FAILED, SETTLED_STAGES, WITHDRAWN, By, Move, review
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion, Kind

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "owner": ("site", "林丙辰"),
    "neighbour": ("site", "周戊午"),
    "stranger": ("elsewhere", "吴庚申"),
    "handed in": ("site", "郑壬戌"),
    "asked": ("site", "王甲子"),
    "decided": ("site", "冯丙寅"),
    "reopened": ("site", "陈戊辰"),
}
"""Whose case it is, where it lies, and the name. Some of them can sign in: ``CANDIDATES``."""
REASONS = {name: f"批语{index}批语" for index, name in enumerate(SUBJECTS)}
"""Words about or from each of them."""
OUTCOME = "终审结论原由"
"""What the region says of the decided case: nobody's below it before publishing."""


EXTENSION = "停电一整天"
"""Why the site got a later bell."""


def picture(number: int) -> bytes:
    """A small picture of its own."""
    return pictures.written(pictures.page(320 + 16 * number, 240, 0))


@dataclass
class World:
    """``things`` by the names that the matrix uses; ``marks`` by the person to whom they belong."""

    house: House
    crowd: Crowd
    ways: dict[str, Way]
    things: dict[str, str]
    marks: dict[str, list[bytes]]
    owners: dict[str, str] = field(default_factory=dict)
    """Which of the candidates a thing belongs to; things without one are staff's."""
    places: dict[str, str] = field(default_factory=dict)
    """At which offices a mark may be seen."""
    numbers: set[bytes] = field(default_factory=set)
    """Registration numbers, which other systems are told with the results."""
    published: bool = False

    def browser(self, person: str) -> Browser:
        """The browser of somebody in the matrix."""
        return self.crowd.browsers[person]

    async def version(self, case: str) -> int:
        """The version of a case as it stands."""
        return (await Case.get(id=UUID(case))).version


async def built(house: House) -> World:
    """Everybody and everything, in an exam where review begins with handing in, so that all states stand at once."""
    await load_variant(2, review_from="submit", materials=FEW)
    ways = {
        name: await on_the_way(name.replace(" ", "-"), PLACES[place], team=f"team-{place}", **_record(name))
        for name, (place, _known) in SUBJECTS.items()
    }
    browsers = {name: await _signed_in(house, ways[name].candidate) for name in CANDIDATES}
    crowd = await gathered(house, browsers.__getitem__)
    world = World(house, crowd, ways, {}, {})
    await _reach_states(ways)
    await _own_things(world)
    await _asked_things(world)
    await _staff_things(world)
    for name, way in ways.items():
        world.marks[name] = await _marks(world, name, way)
        world.places[name] = SUBJECTS[name][0]
        world.numbers.add(way.candidate.registration_number.encode())
    _mark(world, "outcome", "region", OUTCOME)
    _mark(world, "extension", "site", EXTENSION)
    _mark(world, "their staff", "elsewhere", "工作人员reviewer.elsewhere", "manager.elsewhere")
    return world


def _mark(world: World, name: str, place: str, *words: str) -> None:
    """Something that is looked for in every answer, and which offices, beside the region, may see it."""
    world.marks[name], world.places[name] = [one.encode() for one in words], place


def _record(name: str) -> dict[str, str]:
    if SUBJECTS[name][0] == "site":
        return {"name": SUBJECTS[name][1]}
    unit = {"unit_code": "D0009", "unit_name": "远方镇卫生院（虚构）", "unit_phone": "022-00000009"}
    return {"name": SUBJECTS[name][1], **unit}


async def _signed_in(house: House, candidate: Candidate) -> Browser:
    browser = house.browser()
    form = {"user_name": candidate.user_name, "password": CANDIDATE_PASSWORD}
    assert (await browser.post("/", form)).status == 302
    return browser


async def _reach_states(ways: Mapping[str, Way]) -> None:
    for name, way in ways.items():
        if name == "owner":
            continue
        await way.put_required()
        if name == "neighbour":
            await put_photo(way.case_id, "OTHER.page")
        await way.submit()
        if name in {"neighbour", "stranger", "asked"}:
            await way.claim(0)
            await way.want_again(0)
            await way.conclude(0, Conclusion.ASKS, note=REASONS[name])
        if name in {"decided", "reopened"}:
            await way.claim(0)
            await way.conclude(0, Conclusion.FAILS, note=REASONS[name])
            await way.claim(1)
            await _say_secretly(way)
            await way.conclude(1, Conclusion.FAILS, note=OUTCOME)
        await let_ten_seconds_pass(way.case_id)


async def _say_secretly(way: Way) -> None:
    """The region's word on one material, with a reason that nobody below reads before publishing."""
    await seen_all(way.case_id, way.reviewers[1].id)
    version = (await way.case()).version
    word = Opinion("ID", Kind.REDO, ("front",), ("blurred",), OUTCOME, version)
    await give_verdict(way.exam, way.reviewers[1], way.case_id, word)


async def _own_things(world: World) -> None:
    """Of the owner: a photo that was turned once, one taken out, an original, an announcement, words."""
    owner, way = world.browser("owner"), world.ways["owner"]
    ids = {name: str(uuid4()) for name in ("photo", "back", "deleted", "waiting", "announced")}
    for number, (name, slot) in enumerate(
        {"photo": "ID.front", "back": "ID.back", "deleted": "OTHER.page"}.items()
    ):
        put_there = await owner.ask(
            "PUT", f"/my/photos/{ids[name]}?slot={slot}", picture(number), Content_Type="image/jpeg"
        )
        assert put_there.status == 201, put_there.text
    assert (await owner.post(f"/my/photos/{ids['photo']}/turn?quarters=1")).status == 303
    assert (await owner.ask("DELETE", f"/my/photos/{ids['deleted']}")).status == 200
    waits = f"/my/photos/{ids['waiting']}?slot=OTHER.page"
    sent = await owner.ask("PUT", waits, picture(7), Content_Type="application/octet-stream")
    assert sent.status == 202, sent.text
    body = announcement(on_its_way(UUID(ids["announced"]), b"chosen", slot="OTHER.page"))
    told = await owner.ask("POST", "/my/announcements", body, Content_Type="application/json")
    assert json.loads(told.body)["photos"][0]["state"] == "announced", told.text
    await way.put_required()
    exam, who = await open_exam(), way.candidate.id
    await declare(exam, who, "DIPLOMA", Declared.EQUIVALENT, REASONS["owner"])
    await doubt_record(exam, who, "school", REASONS["owner"])
    ids["doubt"] = str((await RecordDoubt.get(case_id=way.case_id)).id)
    world.things |= ids | {"collecting": str(way.case_id)}
    world.owners |= dict.fromkeys(ids, "owner")


async def _asked_things(world: World) -> None:
    for name, who in {"": "neighbour", "asked_": "asked", "foreign_": "stranger"}.items():
        way = world.ways[who]
        request = await Supplement.get(case_id=way.case_id)
        item = await AskedItem.filter(supplement_id=request.id).first()
        assert item is not None
        world.things |= {f"{name}request": str(request.id), f"{name}item": str(item.id)}
    world.owners["item"] = "neighbour"
    stranger = await Candidate.get(id=world.ways["stranger"].candidate.id)
    world.things["foreign_unit"] = str(stranger.unit_id)
    world.things["foreign_numbers"] = stranger.registration_number[:-1]


async def _staff_things(world: World) -> None:
    for name, who in {
        "handed_in": "handed in",
        "asked": "asked",
        "decided": "decided",
        "reopened": "reopened",
        "foreign": "stranger",
    }.items():
        world.things[name] = str(world.ways[who].case_id)
    handed_in = world.ways["handed in"].case_id
    for person in ("reviewer@site", "reviewer@region"):
        await seen_all(handed_in, world.crowd.staff[person])
    colleague = await world.house.staff("colleague", PLACES["site"], Role.REVIEWER)
    above = await world.house.staff("above", PLACES["region"], Role.REVIEWER)
    world.things |= {"colleague": str(colleague.id), "above": str(above.id)}
    world.things["key"] = str((await all_keys())[-1].id)
    world.things["office"] = str(next(o.id for o in (await open_exam()).offices if o.code == PLACES["site"]))
    for name, days in {"later": 30, "even_later": 40, "latest": 50}.items():
        world.things[name] = typed_moment(await exam_now() + timedelta(days=days))
    world.things["build"] = static_files.build().name
    await _same_picture(world)


@transaction
async def _same_picture(world: World) -> None:
    """The stranger has handed in the same bytes as somebody at the site."""
    photos = {
        name: await Photo.filter(case_id=world.ways[name].case_id, material="ID", removed_at=None).first()
        for name in ("handed in", "stranger")
    }
    for thing, photo in zip(("own_photo", "foreign_photo"), photos.values(), strict=True):
        assert photo is not None
        world.things[thing] = str(photo.id)
        await PhotoVersion.filter(photo_id=photo.id).update(sha256="ab" * 32)


async def _marks(world: World, name: str, way: Way) -> list[bytes]:
    candidate = way.candidate
    words = [candidate.name, candidate.id_number, candidate.registration_number, REASONS[name]]
    found = [word.encode() for word in words]
    for version in await PhotoVersion.filter(photo__case_id=way.case_id).exclude(size=MADE_UP_SIZE):
        shelf = shelf_of(world.house)
        found += [
            await shelf.get(shelf_key(key))  # the whole file: a picture that leaks, leaks whole
            for key in (version.shelf_key, version.preview_key)
        ]
    return found


async def fetched(world: World) -> None:
    """Those who may have had the owner's photo sent to them."""
    for person in ("reviewer@site", "reviewer@region"):
        assert (await world.browser(person).get(f"/review/photos/{world.things['photo']}")).status == 200


async def look_again(world: World) -> None:
    """The owner's pictures as they are now: some have been turned or replaced."""
    world.marks["owner"] = await _marks(world, "owner", world.ways["owner"])


async def close_all(world: World) -> None:
    """Every case has come to its end, so that the phase can be published."""
    ended = {stage.value for stage in SETTLED_STAGES}
    for case in await Case.all():
        if case.id == UUID(world.things["reopened"]):
            await put(case.id, FAILED, Move.FAIL)
        elif case.stage not in ended:
            await put(case.id, WITHDRAWN, Move.WITHDRAW, by=By.REGION_MANAGER)


async def decided_again(world: World) -> None:
    """A case whose result is published has come to an end for the second time."""
    case_id = UUID(world.things["reopened"])
    await put(case_id, review(1), Move.REOPEN, by=By.REGION_MANAGER)
    await put(case_id, FAILED, Move.FAIL)


async def note_proposal(world: World) -> None:
    """What has just been proposed becomes a thing."""
    proposal = await Proposal.filter(ended_at=None, case_id__not_isnull=True).first()
    world.things["proposal"] = str(proposal.id if proposal else uuid4())


async def judged_file(world: World) -> None:
    """A table of registrations lies with the region, uploaded and judged."""
    exam, desk = await open_exam(), world.house.app.extensions["import_desk"]
    manager = Manager(world.crowd.staff["manager@region"], frozenset({exam.region_office.id}))
    data = workbook([sample_record(70, "tester70")])

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    made = await upload_registrations(desk, exam, manager, "报名数据.xlsx", chunks())
    await work_imports(desk)
    world.things["import"] = str(made)


async def note_published(world: World) -> None:
    """From now on sites and other systems know the outcome."""
    world.published = True
