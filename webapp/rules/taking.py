"""What becomes of a registration beside those that are there: told beforehand and done by the same rule."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from webapp.rules.catalogue import Concern
from webapp.rules.chain import canonical
from webapp.rules.field_values import STATUSES
from webapp.rules.fields import Record
from webapp.rules.filling import Counts, filled
from webapp.rules.flags import Flag
from webapp.rules.places import COLLECTING, WITHDRAWN, By, Move, Place, Stage

ACTIVE = STATUSES[0].value
"""The status of a registration that holds."""


class Fate(StrEnum):
    """What becomes, or became, of one row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """Of a person who has a newer registration: kept as history, nothing else changes."""
    CANCELLED = "cancelled"
    """取消 or 放弃 of a registration that is nobody's current one: no account, no case, nothing else changes."""


class Effect(StrEnum):
    """What else a row does to a person and their case."""

    TAKEN_OVER = "taken_over"
    """重新报考: the person's account, case and photos belong to this registration from now on."""
    WITHDRAWN = "withdrawn"
    CANCELLED_LATER = "cancelled_later"
    """Cancelled after publishing: the case is only flagged."""
    RESTORED = "restored"
    """The case that a cancellation had withdrawn goes back to where it was."""
    SITE_MOVED = "site_moved"
    SITE_FLAGGED = "site_flagged"
    """Another site, but a higher level has the case: it stays and is flagged."""
    NEWLY_REQUIRED = "newly_required"
    """Something is required now that is not there, and the candidate cannot add it by themselves."""
    OWN_BELL = "own_bell"
    """The case is made after its bell and gets one of its own."""


@dataclass(frozen=True)
class Outcome:
    """One row's fate."""

    number: str
    """The registration number."""
    fate: Fate
    code: str = ""
    """Why it failed."""
    fields: tuple[str, ...] = ()
    """The codes of the fields that changed."""
    case: str = ""
    """The stage in which a case is made; empty where none is made."""
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A case, as far as an import asks."""

    place: Place
    site: str
    """The code of the site in whose queue it comes."""
    left: Place | None = None
    """Withdrawn: the stage that it left. None: it was made withdrawn."""
    by_import: bool = False
    """An import has withdrawn it."""
    flags: frozenset[Flag] = frozenset()
    counts: Counts = field(default_factory=dict)
    """What is there; only of a case whose candidate cannot add anything by themselves."""
    declared: Mapping[str, str] = field(default_factory=dict)

    @property
    def works_at(self) -> Place:
        """Where it stands, or would stand again if it was restored."""
        return self.place if self.place.stage is not Stage.WITHDRAWN else self.left or COLLECTING


def record_digest(record: Record) -> str:
    """SHA-256 in hex over the record's canonical form: tells a changed row from one that was sent again."""
    return hashlib.sha256(canonical(dict(record))).hexdigest()


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The codes of the fields in which two records differ, in order of the alphabet."""
    return tuple(sorted(code for code in {*before, *after} if before.get(code, "") != after.get(code, "")))


def conflict(own: Hashable | None, person: Hashable | None, namesake: Hashable | None) -> str:
    """Why a row cannot be taken; empty if it can.

    All are candidates: ``own`` of the row's registration number, ``person`` with its identity document,
    ``namesake`` with its user name; None where there is nobody. A number that nobody has is a new one of ``person``.
    """
    if own is not None and person is not None and person != own:
        return "person_known"
    if namesake is not None and namesake != (person if own is None else own):
        return "user_name_taken"
    return ""


def holds(record: Record) -> bool:
    """Whether the registration was neither cancelled nor given up."""
    return record.get("status") == ACTIVE


def is_decided(one: Record, other: Record) -> bool:
    """Whether time or status tell which of two registrations of one person is the newer one."""
    times = {one.get("registered_at", ""), other.get("registered_at", "")}
    return (len(times) == 2 and "" not in times) or holds(one) != holds(other)


def takes_over(row: Record, current: Record) -> bool:
    """Whether another registration of the same person becomes the current one.

    The one with the later ``registered_at`` does; with equal or missing times the one that holds; else the later row.
    A registration that was cancelled before it was anybody's current one acts on nothing, so that the order of a
    file does not matter.
    """
    if not holds(row):
        return False
    then, now = current.get("registered_at", ""), row.get("registered_at", "")
    return now > then if then and now and then != now else True


def lacking(concerns: Collection[Concern], standing: Standing) -> frozenset[str]:
    """Materials that must be there and are neither filled nor declared."""
    fills = filled(concerns, standing.counts, standing.declared)
    return frozenset(
        one.concern.material.code for one in fills if one.concern.requirement.must and not one.settled
    )


def newly_required(
    before: Collection[Concern], after: Collection[Concern], standing: Standing
) -> frozenset[str]:
    """Materials that must be there now, did not have to before, and are neither filled nor declared."""
    return lacking(after, standing) - {one.material.code for one in before if one.requirement.must}


def effects_on(
    standing: Standing, before: Record, after: Record, *, published: bool, requires_more: bool
) -> tuple[Effect, ...]:
    """What a change of the current registration, or a new one, does to the case, in the order in which it is done."""
    found: list[Effect] = []
    if holds(before) and not holds(after):
        if published:
            found.append(Effect.CANCELLED_LATER)
        elif standing.place.stage is not Stage.WITHDRAWN:
            found.append(Effect.WITHDRAWN)
    elif holds(after) and standing.by_import and not published:
        found.append(Effect.RESTORED)
    if after["site_code"] not in {before.get("site_code", ""), standing.site}:
        first = standing.works_at.stage is Stage.COLLECTING or standing.works_at.level == 0
        found.append(Effect.SITE_MOVED if first else Effect.SITE_FLAGGED)
    if requires_more and standing.works_at.stage is not Stage.COLLECTING:
        found.append(Effect.NEWLY_REQUIRED)
    return tuple(found)


FLAGS: Mapping[Effect, Flag] = {
    Effect.CANCELLED_LATER: Flag.CANCELLED_LATER,
    Effect.SITE_FLAGGED: Flag.SITE_CHANGED,
    Effect.NEWLY_REQUIRED: Flag.NEWLY_REQUIRED,
}
"""What an effect marks the case with."""


def after_effects(
    standing: Standing, effects: Collection[Effect], site: str, cleared: Collection[Flag]
) -> Standing:
    """The case as the effects leave it; ``cleared``: flags that no longer say what is so."""
    if Effect.WITHDRAWN in effects:
        standing = replace(standing, place=WITHDRAWN, left=standing.place, by_import=True)
    if Effect.RESTORED in effects:
        standing = replace(standing, place=standing.works_at, left=None, by_import=False)
    set_now = {flag for effect, flag in FLAGS.items() if effect in effects}
    standing = replace(standing, flags=standing.flags - frozenset(cleared) | set_now)
    return replace(standing, site=site) if Effect.SITE_MOVED in effects else standing


def is_import_withdrawal(move: str, by: str) -> bool:
    """Whether this move, by its stored words, is a cancellation that an import has brought."""
    return move == Move.WITHDRAW.value and by == By.IMPORT.value
