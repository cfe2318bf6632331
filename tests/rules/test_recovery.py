"""Answers to recovery questions: when two are the same, and which of them are no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.exams import load_package
from webapp.rules.recovery import (
    Answered,
    Identity,
    answer_problem,
    identity,
    plain_answer,
    question_problem,
    questions_asked,
)

RECOVERY = load_package("tianjin_2020").recovery
FIRST, SECOND = RECOVERY.questions[0].code, RECOVERY.questions[1].code
GOOD = [Answered(FIRST, "示例路第一小学"), Answered(SECOND, "心血管内科")]


def problem_of(*answers: str, user_name: str = "zhangsan", password: str = "Yishi-8899") -> str | None:
    """What is wrong with the last of these answers."""
    questions = [question.code for question in RECOVERY.questions]
    given = [Answered(question, answer) for question, answer in zip(questions, answers, strict=False)]
    return answer_problem(given, len(given) - 1, RECOVERY, user_name=user_name, password=password)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("示例路第一小学", " 示例路 第一小学　"),
        ("No. 3 School", "ＮＯ．３　ｓｃｈｏｏｌ"),
        ("STRASSE 12", "straße12"),
        ("Café noir", "Cafe\u0301 NOIR"),
    ],
)
def test_width_case_blanks_and_composition_do_not_matter(typed: str, same: str) -> None:
    assert plain_answer(typed) == plain_answer(same)


def test_other_answers_stay_other_answers() -> None:
    assert len({plain_answer(text) for text in ("第一小学", "第二小学", "第一中学", "")}) == 4


@given(st.text())
def test_the_plain_form_is_found_once_and_for_all(typed: str) -> None:
    plain = plain_answer(typed)
    assert plain_answer(f"  {plain} ") == plain_answer(plain)
    assert not any(character.isspace() for character in plain)


def test_good_questions_and_answers_are_taken() -> None:
    for place in range(len(GOOD)):
        assert question_problem(GOOD, place, RECOVERY) is None
        assert answer_problem(GOOD, place, RECOVERY, user_name="zhangsan", password="Yishi-8899") is None


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "too_short"),
        ("学", "too_short"),
        ("学 　", "too_short"),
        ("小学", None),
        ("示范路小学", None),
        ("学" * 15 + "校" * 15, None),
        ("学" * 15 + "校" * 16, "too_long"),
        ("示例路\u202e小学", "unprintable"),
        ("示例路\u200b小学", "unprintable"),
        ("ZhangSan", "same_as_user_name"),
        (" ｚｈａｎｇｓａｎ", "same_as_user_name"),
        ("Yishi-8899", "same_as_password"),
        ("yishi-8899", "same_as_password"),
        ("123456", "common"),
        ("１２３４５６", "common"),
        ("我不知道", "common"),
        ("ABCD", "common"),
        ("aaaaaa", "common"),
        ("哈哈哈哈", "common"),
    ],
)
def test_each_rule_refuses_what_it_is_there_for(answer: str, problem: str | None) -> None:
    assert problem_of(answer) == problem


def test_two_answers_that_are_the_same_are_one() -> None:
    assert problem_of("示例路第一小学", "示例路第二小学") is None
    assert problem_of("示例路第一小学", "示例路 第一小学") == "same_answer"


def test_two_questions_must_differ_and_be_known() -> None:
    twice = [GOOD[0], Answered(FIRST, "心血管内科")]
    assert question_problem(twice, 0, RECOVERY) is None
    assert question_problem(twice, 1, RECOVERY) == "same_question"
    for code in ("", "mothers_name", FIRST.upper()):
        assert question_problem([Answered(code, "心血管内科")], 0, RECOVERY) == "unknown_question"


def test_every_refused_answer_of_the_package_is_refused_however_it_is_typed() -> None:
    for refused in RECOVERY.answers_refused:
        if len(plain_answer(refused)) >= RECOVERY.answer_least:
            assert problem_of(f" {refused.upper()} ") == "common"


def test_somebody_known_is_asked_their_own_questions_in_the_exams_order() -> None:
    nobody = Identity("居民身份证", "990101199502030019")
    own = [RECOVERY.questions[5].code, RECOVERY.questions[2].code]
    assert questions_asked(own, RECOVERY, nobody, b"secret") == own[::-1]


def test_somebody_unknown_is_asked_two_others_and_always_the_same() -> None:
    known = [question.code for question in RECOVERY.questions]
    asked = [questions_asked([], RECOVERY, Identity("居民身份证", str(n)), b"secret") for n in range(200)]
    assert asked == [
        questions_asked([], RECOVERY, Identity("居民身份证", str(n)), b"secret") for n in range(200)
    ]
    assert asked != [
        questions_asked([], RECOVERY, Identity("居民身份证", str(n)), b"other") for n in range(200)
    ]
    assert all(one == [code for code in known if code in one] and len(set(one)) == 2 for one in asked)
    assert {code for one in asked for code in one} == set(known), "each of them comes up"
    assert len({tuple(one) for one in asked}) > 20, "almost all of the 28 pairs"


def test_a_question_that_the_exam_no_longer_has_is_not_asked() -> None:
    own = [RECOVERY.questions[0].code, "gone"]
    assert len(questions_asked(own, RECOVERY, Identity("居民身份证", "1"), b"secret")) == 2


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 99010119950203001x ", "99010119950203001X"),
        ("９９０１０１ 19950203 001X", "99010119950203001X"),
        ("m09900023", "M09900023"),
        ("", ""),
        ("　", ""),
        ("无", ""),
        ("9" * 33, ""),
    ],
)
def test_a_number_is_read_as_the_import_reads_it(typed: str, number: str) -> None:
    assert identity("居民身份证", typed) == Identity("居民身份证", number)
