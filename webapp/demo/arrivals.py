"""Which of the demo's candidates have come in by themselves, and what each has uploaded.

Photos are named by place, ``MATERIAL.slot``. A test holds them against the list that the product makes of the record.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_ACTIVATED = "not activated"
ACTIVATED = "activated, no photos yet"
ONE_PHOTO = "one photo"
SOME = "some of the required photos"
COMPLETE = "all required photos"

_ID = ("ID.front", "ID.back", "ID.holding")
_EDUCATION = ("DIPLOMA.page", "EDU_CHECK.page")


@dataclass(frozen=True)
class Arrival:
    """One who came in; ``state`` in words, ``photos`` in the order of their uploading."""

    user_name: str
    state: str
    photos: tuple[str, ...] = ()


ARRIVALS = (
    Arrival("ceshi01", COMPLETE, (*_ID, *_EDUCATION, "PROBATION.page")),
    Arrival("ceshi02", SOME, (*_ID, "DIPLOMA.page")),
    Arrival("ceshi03", ONE_PHOTO, ("ID.front",)),
    Arrival("ceshi04", ACTIVATED),
    Arrival("ceshi05", COMPLETE, (*_ID, *_EDUCATION, "PROBATION.page", "DEGREE.page")),
    Arrival("ceshi08", SOME, ("ID.front", "ID.back", "DIPLOMA.page")),
    Arrival(
        "ceshi09",
        COMPLETE,
        (
            *_ID,
            *_EDUCATION,
            "PRACTICE.page",
            "ASST_QUAL.page",
            "ASST_LIC.page",
            "ASST_LIC.page",
            "FIRST_REG.page",
            "ORG_LIC.page",
        ),
    ),
    Arrival("ceshi10", ACTIVATED),
    Arrival("ceshi11", COMPLETE, (*_ID, "PROBATION.page", "TCM_APPR.page")),
    Arrival("ceshi13", COMPLETE, (*_ID, *_EDUCATION, "PROBATION.page", "HMT_FOR.page")),
    Arrival("ceshi25", COMPLETE, (*_ID, *_EDUCATION, "PROBATION.page")),
    Arrival("ceshi26", ACTIVATED),
    Arrival("ceshi28", SOME, ("DIPLOMA.page", "EDU_CHECK.page", "MIL.page")),
    Arrival("ceshi31", ONE_PHOTO, ("ID.information",)),
)
