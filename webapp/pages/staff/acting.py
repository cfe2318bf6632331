"""As what somebody at the console acts on cases: a manager of their offices."""

from __future__ import annotations

from webapp.actions.managing import Manager, is_of_region
from webapp.guard.sessions import SignedIn
from webapp.records.reading.exams import OpenExam


def manager_of(person: SignedIn) -> Manager:
    """The person as actions know them; without a manager's post they answer for nothing."""
    return Manager(person.id, frozenset(office.id for office in person.offices("manager")))


def manages_region(exam: OpenExam, person: SignedIn) -> bool:
    """Whether they are manager of the region itself."""
    return is_of_region(exam, manager_of(person))
