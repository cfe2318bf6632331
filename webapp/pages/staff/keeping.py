"""Whom a manager answers for: the offices at and below their own, and the accounts that hold posts only there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import abort

from webapp.actions.keep_staff import Invitation
from webapp.guard.access import current_person
from webapp.pages.chrome import exam_shown
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.staff import Account, accounts_within
from webapp.rules.offices import within


@dataclass(frozen=True)
class InvitedShown:
    """A one-time code, shown this once."""

    user_name: str
    code: str
    until: str


def invited_shown(exam: OpenExam, invitation: Invitation | None) -> InvitedShown | None:
    """The code for the page that answers, if there is one."""
    if invitation is None:
        return None
    return InvitedShown(invitation.user_name, invitation.code, moment_words(invitation.until, exam.time_zone))


def own_offices(exam: OpenExam) -> list[UUID]:
    """The offices at which the signed-in manager gives posts, in the exam's order."""
    roots = [office.id for office in current_person().offices("manager")]
    return [office.id for office in exam.offices if within(office.id, roots, exam.parents)]


async def own_accounts(exam: OpenExam) -> list[Account]:
    """The accounts that this manager answers for."""
    return await accounts_within(own_offices(exam), exam.parents)


async def own_account(staff_id: UUID) -> Account:
    """One of them; 404 for any other."""
    found = next((one for one in await own_accounts(await exam_shown()) if one.id == staff_id), None)
    if found is None:
        abort(404)
    return found
