"""Brings the demo's people to where :mod:`webapp.demo.stages` says that they stand, on the product's own pages.

It takes place in a handful of acts, between which the exam's clock is moved on: what has happened lies in the past
when the last act, at the real time, is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.demo.arrivals import Arrival
from webapp.demo.desk import Desk, Redo, Word
from webapp.demo.enrolling import SignInSheet
from webapp.demo.handing_in import after_uploading, answer
from webapp.demo.records import CANDIDATES
from webapp.demo.stages import ASKED_FIRST, COLLECTING, REVIEWED, WAYS, Stands, Way
from webapp.demo.tickets import TicketKey
from webapp.demo.units import SITES
from webapp.demo.walking_in import walk_in

_AT_ONCE = 4
_SETTLES_SECONDS = 11
"""A decision can be taken back for ten seconds, and so long it is not so."""
_SHORT_TIME = timedelta(hours=57)
"""From the bell to the due time of the request that is answered in part: nine o'clock in the morning."""
_BLURRED = Redo(("page",), ("blurred",), "右下角的编号看不清")
_BY_USER_NAME = {person.user_name: person for person in CANDIDATES}


@dataclass(frozen=True)
class Season:
    """When it takes place: the phase's bell, and the later one of those who were given more time."""

    bell: datetime
    later_bell: datetime
    move_clock: Callable[[datetime | None], None]
    """Sets the exam's clock; None: to real time."""

    @property
    def begins(self) -> datetime:
        """The evening but one before the bell. The clock stands there before the product serves for the first time."""
        return self.bell - timedelta(hours=29)


@dataclass(frozen=True)
class _Stage:
    """Everybody and everything that the acts need; ``cases`` by user name."""

    url: str
    key: TicketKey
    season: Season
    desks: Mapping[str, Desk]
    cases: Mapping[str, str]

    def who(self, *stands: Stands) -> list[Way]:
        """Those who are to stand there."""
        return [way for way in WAYS if way.stands in stands]

    def at(self, moment: datetime | None) -> None:
        """The next act begins."""
        self.season.move_clock(moment)


def play(url: str, key: TicketKey, sheets: Sequence[SignInSheet], season: Season) -> None:
    """All acts, in the order of the exam's time."""
    by_name = {sheet.user_name: sheet for sheet in sheets}
    names = ("quguan1", "qushen1", "yiguan1", "yishen1", "yishen2")
    with (
        Desk(url, by_name[names[0]]) as manager,
        Desk(url, by_name[names[1]]) as region,
        Desk(url, by_name[names[2]]) as first,
        Desk(url, by_name[names[3]]) as second,
        Desk(url, by_name[names[4]]) as third,
    ):
        desks = dict(zip(names, (manager, region, first, second, third), strict=True))
        cases = {way.user_name: manager.case_of(_BY_USER_NAME[way.user_name]) for way in WAYS}
        stage = _Stage(url, key, season, desks, cases)
        for act in (_evening, _bell, _first_day, _first_afternoon, _second_day, _due_time, _today):
            act(stage)


def _evening(stage: _Stage) -> None:
    """The evening but one before the bell: candidates upload; some are granted more time, and come later."""
    season, manager = stage.season, stage.desks["quguan1"]
    stage.at(season.begins)
    bell = _local(season.later_bell)
    manager.more_time_for_site(SITES["1202"], bell, "示例二区连日停电，考生无法上传。")
    for way in WAYS:
        if way.own_bell:
            manager.more_time_for_case(stage.cases[way.user_name], bell, "住院期间无法上传，已交住院证明。")
    _come(stage, [way for way in WAYS if way.comes_in and way.stands not in COLLECTING])


def _come(stage: _Stage, ways: Sequence[Way]) -> None:
    """These candidates come in, several at once, the longest way first."""

    def comes(way: Way) -> None:
        arrival = Arrival(way.user_name, way.stands, way.photos)
        walk_in(stage.url, stage.key, arrival, lambda there: after_uploading(there, way))

    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        list(crowd.map(comes, sorted(ways, key=lambda way: -len(way.photos))))


def _bell(stage: _Stage) -> None:
    """The bell hands in for those who have not; review can begin."""
    stage.at(stage.season.bell + timedelta(minutes=1))
    _wait_until_at_the_site(stage, Stands.INCOMPLETE)


def _wait_until_at_the_site(stage: _Stage, stands: Stands) -> None:
    for way in stage.who(stands):
        stage.desks["yishen1"].wait_until_claimable(stage.cases[way.user_name])


def _first_day(stage: _Stage) -> None:
    """The morning after the bell: the site passes up, and asks for more; who has more time uploads meanwhile."""
    season = stage.season
    stage.at(season.bell + timedelta(hours=9, minutes=30))
    words = {way.user_name: _word_of_site(way.stands, season) for way in stage.who(*REVIEWED, *ASKED_FIRST)}
    reviewers = [stage.desks[name] for name in ("yiguan1", "yishen1", "yishen2")]
    parts = [list(words.items())[at :: len(reviewers)] for at in range(len(reviewers))]

    def works(at: int) -> None:
        for user_name, word in parts[at]:
            reviewers[at].decide(stage.cases[user_name], word)

    with ThreadPoolExecutor(len(reviewers)) as office:
        list(office.map(works, range(len(reviewers))))
    settled = time.monotonic() + _SETTLES_SECONDS
    _come(stage, stage.who(*COLLECTING))
    time.sleep(max(0.0, settled - time.monotonic()))


def _word_of_site(stands: Stands, season: Season) -> Word:
    later = _local(season.later_bell)
    match stands:
        case Stands.FAILED:
            return Word("fails", reasons=("post_mismatch",), note="指导医师的执业范围与报考类别不符。")
        case Stands.FIELD:
            return Word("asks", due=later, fields={"major": "与毕业证书一致"})
        case Stands.ANSWERED_IN_PART:
            redo = {"DIPLOMA": _BLURRED, "ID": Redo(("front",), ("glare",))}
            return Word("asks", redo, due=_local(season.bell + _SHORT_TIME))
        case Stands.NEARLY_DUE:
            soon = datetime.now(season.bell.tzinfo) + timedelta(hours=3)
            return Word("asks", {"DIPLOMA": _BLURRED}, due=_local(soon))
        case Stands.NOT_REACHED | Stands.ANSWERED:
            return Word("asks", {"DIPLOMA": _BLURRED}, due=later)
    return Word("meets")


def _first_afternoon(stage: _Stage) -> None:
    """A unit does not answer the telephone; some candidates supply at once."""
    stage.at(stage.season.bell + timedelta(hours=14))
    _call_in_vain(stage)
    for way in stage.who(Stands.ANSWERED):
        answer(stage.url, _BY_USER_NAME[way.user_name], ("DIPLOMA.page",), hand_in=True)
    for way in stage.who(Stands.ANSWERED_IN_PART):  # the due time takes what is there
        answer(stage.url, _BY_USER_NAME[way.user_name], ("ID.front",), hand_in=False)


def _call_in_vain(stage: _Stage) -> None:
    for way in stage.who(Stands.NOT_REACHED):
        stage.desks["yishen1"].call_in_vain(_BY_USER_NAME[way.user_name])


def _second_day(stage: _Stage) -> None:
    """The region decides; the unit still does not answer."""
    stage.at(stage.season.bell + timedelta(hours=34))
    _call_in_vain(stage)
    words = {
        Stands.PASSED: Word("meets"),
        Stands.FAILED: Word("fails", reasons=("post_mismatch",), note="同意考点意见。", look=False),
        Stands.RETURNED: Word(
            "returns",
            {"PROBATION": Redo(("page",), ("no_official_seal",), "单位公章不完整")},
            note="请考点核对试用单位的公章。",
        ),
    }
    for stands, word in words.items():
        for way in stage.who(stands):
            stage.desks["qushen1"].decide(stage.cases[way.user_name], word)


def _due_time(stage: _Stage) -> None:
    """A request falls due, and what is there of its answer goes to the site."""
    stage.at(stage.season.bell + _SHORT_TIME + timedelta(minutes=1))
    _wait_until_at_the_site(stage, Stands.ANSWERED_IN_PART)


def _today(stage: _Stage) -> None:
    """Reviewers are at work."""
    stage.at(None)
    site, colleague, region = (stage.desks[name] for name in ("yishen1", "yishen2", "qushen1"))
    flags = {
        Stands.HELD: ("hold", "等卫校回函核实学籍。"),
        Stands.DOUBTED: ("doubt", "学位证书编号与验证报告不一致，请同事再看。"),
        Stands.SUSPECTED: ("suspicion", "公章边缘模糊，疑似翻印。"),
    }
    for stands, (flag, note) in flags.items():
        for way in stage.who(stands):
            site.flag(stage.cases[way.user_name], flag, note)
    for way in stage.who(Stands.ASKED):
        redo = {"ASST_LIC": Redo(("page",), ("cropped",), "变更记录页要拍全")}
        site.decide(stage.cases[way.user_name], Word("asks", redo, due=_local(stage.season.later_bell)))
    for way in stage.who(Stands.CLAIMED):
        colleague.claim(stage.cases[way.user_name])
    for way in stage.who(Stands.PASSED_UP_CLAIMED):
        region.claim(stage.cases[way.user_name])


def _local(moment: datetime) -> str:
    """As a form's field writes it; ``moment`` is in the exam's zone."""
    return f"{moment:%Y-%m-%dT%H:%M}"
