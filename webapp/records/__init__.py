"""WHAT IS REMEMBERED: the tables, one file per thing, and ``reading/``: one page's question each.

Only ``actions`` (and ``guard`` for its own rows) write. Stages, roles and kinds are stored as plain strings,
so that an old migration never imports a live enum.
"""

from webapp.records.cases import Case
from webapp.records.events import ChainHead, ChainSeal, Event, SealedHead
from webapp.records.exam import Exam, ExamClock, Office, Phase, Unit
from webapp.records.people import Agreement, Candidate, Post, RecoveryAnswer, Staff
from webapp.records.photos import Incoming, Photo, PhotoVersion
from webapp.records.registrations import Registration

__all__ = [
    "Agreement",
    "Candidate",
    "Case",
    "ChainHead",
    "ChainSeal",
    "Event",
    "Exam",
    "ExamClock",
    "Incoming",
    "Office",
    "Phase",
    "Photo",
    "PhotoVersion",
    "Post",
    "RecoveryAnswer",
    "Registration",
    "SealedHead",
    "Staff",
    "Unit",
]
