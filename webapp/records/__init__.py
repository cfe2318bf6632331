"""WHAT IS REMEMBERED: the tables, one file per thing, and ``reading/``: one page's question each.

Only ``actions`` (and ``guard`` for its own rows) write. Stages, roles and kinds are stored as plain strings,
so that an old migration never imports a live enum.
"""

from webapp.records.events import ChainHead, ChainSeal, Event, SealedHead
from webapp.records.exam import Exam, ExamClock, Office, Phase, Unit
from webapp.records.people import Candidate, Post, Staff

__all__ = [
    "Candidate",
    "ChainHead",
    "ChainSeal",
    "Event",
    "Exam",
    "ExamClock",
    "Office",
    "Phase",
    "Post",
    "SealedHead",
    "Staff",
    "Unit",
]
