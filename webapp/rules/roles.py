"""The roles of a post."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do at an office."""

    REVIEWER = "reviewer"
    MANAGER = "manager"
    AUDITOR = "auditor"
