"""Answers to recovery questions: in what form they are compared, and which of them are no secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.rules.exam_package import Recovery
from webapp.rules.names import user_name_key


@dataclass(frozen=True)
class Answered:
    """A question, by its code, and the answer as it was typed."""

    question: str
    answer: str


def plain_answer(typed: str) -> str:
    """The form in which two answers are the same: as user names are, and without any blanks."""
    return "".join(user_name_key(typed).split())


def question_problem(given: Sequence[Answered], number: int, recovery: Recovery) -> str | None:
    """The code of what is wrong with the question chosen at place ``number``, or None.

    Codes: ``unknown_question``, ``same_question``.
    """
    question = given[number].question
    if question not in {known.code for known in recovery.questions}:
        return "unknown_question"
    if question in {before.question for before in given[:number]}:
        return "same_question"
    return None


def answer_problem(
    given: Sequence[Answered], number: int, recovery: Recovery, *, user_name: str, password: str
) -> str | None:
    """The code of the first rule that the answer at place ``number`` breaks, or None.

    Codes: ``too_short``, ``too_long``, ``unprintable``, ``same_as_user_name``, ``same_as_password``, ``common``,
    ``same_answer``.
    """
    plain = plain_answer(given[number].answer)
    if len(plain) < recovery.answer_least:
        return "too_short"
    if len(plain) > recovery.answer_most:
        return "too_long"
    if not plain.isprintable():
        return "unprintable"
    if plain == plain_answer(user_name):
        return "same_as_user_name"
    if plain == plain_answer(password):
        return "same_as_password"
    if plain in {plain_answer(refused) for refused in recovery.answers_refused} or len(set(plain)) == 1:
        return "common"
    if plain in {plain_answer(before.answer) for before in given[:number]}:
        return "same_answer"
    return None
