"""What locks something is said with who, when and why, for every lock that there can be."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from quart import Quart

from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.rules.changing import Lock, Why
from webapp.rules.places import By

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AT = datetime(2020, 5, 6, 16, tzinfo=UTC)
WITH_TIME = [
    Lock(Why.NOT_OPEN_YET, By.CLOCK, AT),
    Lock(Why.CLOSED, By.CLOCK, AT),
    Lock(Why.DUE_PASSED, By.CLOCK, AT),
    Lock(Why.ACCEPTED, By.REVIEWER, AT, 0),
    Lock(Why.IN_REVIEW, By.REVIEWER, AT, 1),
    Lock(Why.NOT_ASKED, By.REVIEWER, AT, 0),
    Lock(Why.PUBLISHED, By.REGION_MANAGER, AT),
    *(Lock(Why.WITHDRAWN, by, AT) for by in By if by is not By.CLOCK),
]
WITHOUT = [
    Lock(Why.ACCEPTED, By.REVIEWER, None, 0),
    Lock(Why.IN_REVIEW, By.REVIEWER, None, 0),
    Lock(Why.NOT_ASKED, By.REVIEWER, None),
    *(Lock(Why.WITHDRAWN, by, None) for by in By),
]


async def said(app: Quart, *locks: Lock) -> list[str]:
    exam: OpenExam = await open_exam()
    async with app.test_request_context("/"):
        return [f"{lock_title(lock, exam)}: {lock_words(lock, exam)}" for lock in locks]


async def test_every_reason_to_lock_is_tried_here(app: Quart) -> None:
    assert {lock.why for lock in WITH_TIME} == set(Why)


async def test_each_lock_says_when_and_each_in_its_own_words(app: Quart) -> None:
    with_time, without = await said(app, *WITH_TIME), await said(app, *WITHOUT)
    assert len({*with_time, *without}) >= len(with_time)
    for words in with_time:
        assert re.search(r"5月[67]日 (24|00):00", words), words
    for words in (*with_time, *without):
        assert words.endswith("。")
        assert "None" not in words
        assert "%(" not in words
        assert not re.search(
            r"[\u4e00-\u9fff]\d|\d[\u4e00-\u9fff]", words.replace("5月", "").replace("日", "")
        ), words
    for words in without:
        assert not re.search(r"\d", words), words


async def test_deadlines_are_said_as_the_end_of_a_day(app: Quart) -> None:
    closed, accepted = await said(app, Lock(Why.CLOSED, By.CLOCK, AT), Lock(Why.ACCEPTED, By.REVIEWER, AT, 1))
    assert closed == "上传已经截止: 上传已于 5月6日 24:00（北京时间）截止，系统已锁定，不能再修改。"
    assert accepted == "已锁定: 考区审核员于 5月7日 00:00 认定合格，不能再修改。"


async def test_a_case_without_materials_is_told_apart_from_one_that_was_given_up(app: Quart) -> None:
    nothing, given_up = await said(app, Lock(Why.WITHDRAWN, By.CLOCK, AT), Lock(Why.WITHDRAWN, By.IMPORT, AT))
    assert nothing.startswith("未提交材料: 到截止时间没有收到材料")
    assert given_up.startswith("已放弃: 报名系统于 5月7日 00:00")


async def test_a_review_names_the_level_that_the_case_waits_for(app: Quart) -> None:
    first, last = await said(
        app, Lock(Why.IN_REVIEW, By.REVIEWER, AT, 0), Lock(Why.IN_REVIEW, By.REVIEWER, None, 1)
    )
    assert first == "等待考点审核: 材料已于 5月7日 00:00 提交，考点正在审核，暂时锁定。"
    assert last == "等待考区审核: 材料正在审核，暂时锁定。"
