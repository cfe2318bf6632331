"""WHAT IS REMEMBERED: the tables, one file per thing, and ``reading/``: one page's question each.

Only ``actions`` (and ``guard`` for its own rows) write. Stages, roles and kinds are stored as plain strings,
so that an old migration never imports a live enum.
"""

from webapp.records.cases import Case, CaseFlag
from webapp.records.declarations import Declaration, RecordDoubt
from webapp.records.events import ChainHead, ChainSeal, Event, SealedHead
from webapp.records.exam import Exam, ExamClock, Office, Phase, SiteBell, Unit
from webapp.records.imports import ImportRow, RegistrationImport
from webapp.records.moves import CaseMove
from webapp.records.people import (
    Agreement,
    Candidate,
    PasswordRecovery,
    Post,
    RecoveryAnswer,
    RecoveryCode,
    Staff,
)
from webapp.records.photos import Announcement, Incoming, Photo, PhotoSeen, PhotoVersion
from webapp.records.registrations import Registration
from webapp.records.results import Proposal, Result
from webapp.records.supplements import AskedItem, Call, Supplement
from webapp.records.verdicts import Verdict

__all__ = [
    "Agreement",
    "Announcement",
    "AskedItem",
    "Call",
    "Candidate",
    "Case",
    "CaseFlag",
    "CaseMove",
    "ChainHead",
    "ChainSeal",
    "Declaration",
    "Event",
    "Exam",
    "ExamClock",
    "ImportRow",
    "Incoming",
    "Office",
    "PasswordRecovery",
    "Phase",
    "Photo",
    "PhotoSeen",
    "PhotoVersion",
    "Post",
    "Proposal",
    "RecordDoubt",
    "RecoveryAnswer",
    "RecoveryCode",
    "Registration",
    "RegistrationImport",
    "Result",
    "SealedHead",
    "SiteBell",
    "Staff",
    "Supplement",
    "Unit",
    "Verdict",
]
