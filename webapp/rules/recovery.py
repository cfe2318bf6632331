"""Ways back after a forgotten password: who is asked which questions, and what answers are the same or no secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.rules.chain import canonical
from webapp.rules.exam_package import Recovery
from webapp.rules.fields import FIELDS
from webapp.rules.names import user_name_key
from webapp.rules.row_values import length_most, tidy, value_of


class Way(StrEnum):
    """On the strength of what a forgotten password is replaced."""

    TICKET = "ticket"
    """Coming in again from the registration system."""
    ANSWERS = "answers"
    """The number of the identity document and the answers chosen at activation."""
    CODE = "code"
    """A one-time code that a manager handed out after seeing the person and a document."""


@dataclass(frozen=True)
class Identity:
    """An identity document as somebody named it, in the form in which it is kept; ``number`` empty: nobody's."""

    id_type: str
    number: str


def identity(id_type: str, number: str) -> Identity:
    """What was typed, in the form that the import gives to numbers: width, blanks and case do not matter."""
    plain = value_of(FIELDS["id_number"], tidy(number))
    return Identity(id_type, plain if len(plain) <= length_most("id_number") else "")


def questions_asked(
    chosen: Collection[str], recovery: Recovery, person: Identity, secret: bytes
) -> list[str]:
    """The codes of the questions that ``person`` is asked, in the exam's order.

    ``chosen`` are those of the person's answers; empty for somebody unknown, who is asked others: always the same,
    picked by ``secret``, so that the page tells nobody who exists here.
    """
    known = [question.code for question in recovery.questions]
    own = [code for code in known if code in chosen]
    if len(own) == recovery.asked:
        return own
    by_lot = sorted(known, key=lambda code: _lot(secret, person, code))[: recovery.asked]
    return [code for code in known if code in by_lot]


def _lot(secret: bytes, person: Identity, code: str) -> bytes:
    return hmac.digest(secret, canonical([person.id_type, person.number, code]), hashlib.sha256)


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
