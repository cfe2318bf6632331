"""After a refusal: the links that lead to what stands against it."""

from __future__ import annotations

from typing import Final

from webapp.pages.language import _
from webapp.pages.reviewer.case_light import unseen_of
from webapp.pages.reviewer.case_photos import address_of
from webapp.pages.reviewer.case_words import names_of_materials
from webapp.pages.reviewer.desk import Sight
from webapp.rules.verdicts import Conclusion, lacking, redone, undecided

Lead = tuple[str, str]
"""Words and address."""
_CHANGED: Final = frozenset({"version.stale", "case.moved", "lease.not_yours"})


def leads_on(code: str, sight: Sight, material: str) -> list[Lead]:
    """Where somebody goes from here who was refused for ``code``."""
    if code == "verdict.unseen":
        return unseen_of(sight, [material] if material else [one.code for one in sight.states])
    if code == "conclusion.lacks_verdicts":
        return materials_in_the_way(sight)
    if code in _CHANGED:
        return [(_("看记录里有什么变化"), f"/review/cases/{sight.desk.file.case.id}/history")]
    return []


def undecided_materials(sight: Sight) -> list[Lead]:
    """The materials that this level has not judged yet."""
    return _materials(sight, undecided(sight.states, sight.own, sight.level))


def redone_materials(sight: Sight) -> list[Lead]:
    """The materials that this level wants again."""
    return _materials(sight, redone(sight.own, sight.level))


def materials_in_the_way(sight: Sight) -> list[Lead]:
    """All materials that keep the case from meeting the conditions."""
    return _materials(sight, lacking(Conclusion.MEETS, sight.level, sight.states, sight.own))


def _materials(sight: Sight, codes: tuple[str, ...]) -> list[Lead]:
    case_id = sight.desk.file.case.id
    return [(names_of_materials(sight.desk, [code]), address_of(case_id, code)) for code in codes]
