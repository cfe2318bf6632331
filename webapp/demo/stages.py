"""Where each of the demo's candidates stands when the demo is ready: data for :mod:`webapp.demo.staging`.

The phase's bell has rung three days ago. Site 1202, and a few at 1201, were given more time and still upload; the rest
of site 1201 is under review. Photos are named by place, ``MATERIAL.slot``, as in :mod:`webapp.demo.arrivals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from webapp.demo.arrivals import ARRIVALS

_ID = ("ID.front", "ID.back", "ID.holding")
_SCHOOL = ("DIPLOMA.page", "EDU_CHECK.page")
_BY_USER_NAME = {arrival.user_name: arrival.photos for arrival in ARRIVALS}


class Stands(StrEnum):
    """Where somebody stands in the end; the values are what the book of sign-ins says of them."""

    EMPTY = "uploading, nothing yet"
    BEGUN = "uploading, begun"
    READY = "uploading, all there, not handed in"
    GAP = "uploading, one material declared missing"
    SUBMITTED = "handed in before the bell, can be changed"
    WAITING = "waiting at the site"
    DECLARED = "waiting at the site, one material declared missing"
    INCOMPLETE = "waiting at the site, incomplete"
    CLAIMED = "waiting at the site, claimed by a reviewer"
    HELD = "waiting at the site, on hold"
    DOUBTED = "waiting at the site, doubted"
    SUSPECTED = "waiting at the site, suspected"
    ASKED = "asked for more, today"
    NOT_REACHED = "asked for more, called twice without answer"
    NEARLY_DUE = "asked for more, due soon"
    FIELD = "asked for more, a field to be corrected"
    ANSWERED = "answered, waiting at the site"
    ANSWERED_IN_PART = "answered in part, waiting at the site"
    PASSED_UP = "waiting at the region"
    PASSED_UP_CLAIMED = "waiting at the region, claimed by a reviewer"
    RETURNED = "returned to the site by the region"
    PASSED = "passed, not published"
    FAILED = "failed, not published"
    WITHDRAWN = "given up"
    NOTHING = "nothing handed in"


COLLECTING = (Stands.EMPTY, Stands.BEGUN, Stands.READY, Stands.GAP)
"""They still upload: their bell is the later one."""
REVIEWED = (Stands.PASSED_UP, Stands.PASSED_UP_CLAIMED, Stands.RETURNED, Stands.PASSED, Stands.FAILED)
"""Their site has given its word on every material."""
ASKED_FIRST = (Stands.NOT_REACHED, Stands.NEARLY_DUE, Stands.ANSWERED, Stands.ANSWERED_IN_PART, Stands.FIELD)
"""Asked on the first day of review."""


@dataclass(frozen=True)
class Way:
    """One person's; ``gap`` is a material declared missing, ``own_bell`` the longer time for this case alone."""

    user_name: str
    stands: Stands
    photos: tuple[str, ...] = ()
    gap: str = ""
    own_bell: bool = False

    @property
    def hands_in(self) -> bool:
        """Whether they press 提交审核 themselves; else the bell does."""
        return self.stands not in (*COLLECTING, Stands.INCOMPLETE, Stands.WITHDRAWN, Stands.NOTHING)

    @property
    def comes_in(self) -> bool:
        """Whether they have an account."""
        return self.stands is not Stands.NOTHING


def _as_arrived(user_name: str, stands: Stands, *more: str, gap: str = "", own_bell: bool = False) -> Way:
    return Way(user_name, stands, (*_BY_USER_NAME[user_name], *more), gap, own_bell)


_PROBATION = (*_ID, *_SCHOOL, "PROBATION.page")
_ASSISTANT = (*_ID, *_SCHOOL, "PRACTICE.page", "ASST_QUAL.page", "ASST_LIC.page", "ASST_LIC.page")

WAYS = (
    # Site 1201: a few have more time of their own …
    _as_arrived("ceshi01", Stands.READY, own_bell=True),
    _as_arrived("ceshi02", Stands.BEGUN, own_bell=True),
    _as_arrived("ceshi03", Stands.BEGUN, own_bell=True),
    _as_arrived("ceshi04", Stands.EMPTY, own_bell=True),
    # … and the others are under review.
    _as_arrived("ceshi05", Stands.PASSED),
    Way("ceshi06", Stands.PASSED_UP, (*_ID, *_SCHOOL, "STUDENT.page", "STUDENT.page")),
    Way("ceshi07", Stands.PASSED_UP_CLAIMED, (*_ID, *_SCHOOL, "GRAD_TRAIN.page")),
    _as_arrived("ceshi08", Stands.INCOMPLETE),
    _as_arrived("ceshi09", Stands.ASKED),
    Way("ceshi10", Stands.DECLARED, (*_ID, "DIPLOMA.page", "PROBATION.page"), gap="EDU_CHECK"),
    _as_arrived("ceshi11", Stands.FAILED),
    Way("ceshi12", Stands.NOTHING),
    _as_arrived("ceshi13", Stands.SUSPECTED),
    Way("ceshi14", Stands.RETURNED, (*_PROBATION, "ORG_LIC.page", "NAME_CHG.page")),
    Way("ceshi15", Stands.CLAIMED, _PROBATION),
    Way(
        "ceshi16",
        Stands.HELD,
        (
            *(*_ID, "DIPLOMA.page", "PRACTICE.page", "ASST_QUAL.page", "ASST_LIC.page", "ASST_LIC.page"),
            *("ORG_LIC.page", "SECVOC.page"),
        ),
    ),
    Way("ceshi17", Stands.DOUBTED, (*_PROBATION, "DEGREE.page")),
    Way("ceshi18", Stands.NOT_REACHED, _PROBATION),
    Way("ceshi19", Stands.NEARLY_DUE, (*_ID, "DIPLOMA.page", "PROBATION.page", "ABROAD.page")),
    Way("ceshi20", Stands.FIELD, _ASSISTANT),
    Way("ceshi21", Stands.ANSWERED, (*_PROBATION, "ORG_LIC.page")),
    Way("ceshi22", Stands.ANSWERED_IN_PART, (*_ID, *_SCHOOL, "GRAD_TRAIN.page")),
    Way("ceshi23", Stands.WITHDRAWN, ("ID.front",)),
    Way("ceshi24", Stands.WAITING, (*_PROBATION, "MIL.page")),
    # Site 1202 has more time as a whole; those who are not here have not come in yet.
    _as_arrived("ceshi25", Stands.SUBMITTED),
    _as_arrived("ceshi26", Stands.EMPTY),
    Way(
        "ceshi27",
        Stands.GAP,
        tuple(place for place in (*_ASSISTANT, "ORG_LIC.page") if place != "EDU_CHECK.page"),
        gap="EDU_CHECK",
    ),
    _as_arrived("ceshi28", Stands.BEGUN),
    Way("ceshi29", Stands.READY, (*_PROBATION, "ORG_LIC.page")),
    _as_arrived("ceshi31", Stands.BEGUN),
)
