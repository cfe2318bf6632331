from dataclasses import replace
from datetime import timedelta

import pytest

from tests.rules.telling import AFTER
from webapp.rules.places import COLLECTING, Move, Place, review
from webapp.rules.verdicts import (
    Conclusion,
    Kind,
    MaterialState,
    Verdict,
    lacking,
    move_of,
    newest,
    problems,
    redone,
    round_after,
    undecided,
    without,
)

IDENTITY = MaterialState(
    "identity", required=True, slots=frozenset({"front", "back"}), filled=frozenset({"front", "back"})
)
DIPLOMA = MaterialState("diploma", required=True, slots=frozenset({"page"}), filled=frozenset({"page"}))
OTHER = MaterialState("other", required=False, slots=frozenset({"page"}), filled=frozenset())
MATERIALS = (IDENTITY, DIPLOMA, OTHER)


def said(
    material: str, kind: Kind = Kind.ACCEPTED, *, level: int = 0, slots: frozenset[str] = frozenset()
) -> Verdict:
    return Verdict(
        material, level, kind, AFTER, slots, frozenset({"blurred"}) if kind is Kind.REDO else frozenset()
    )


@pytest.mark.parametrize(
    ("conclusion", "place", "levels", "move"),
    [
        (Conclusion.MEETS, review(0), 2, Move.PASS_UP),
        (Conclusion.FAILS, review(0), 2, Move.PASS_UP),
        (Conclusion.MEETS, review(1), 2, Move.PASS),
        (Conclusion.FAILS, review(1), 2, Move.FAIL),
        (Conclusion.MEETS, review(0), 1, Move.PASS),
        (Conclusion.ASKS, review(0), 3, Move.ASK),
        (Conclusion.RETURNS, review(2), 3, Move.RETURN_DOWN),
    ],
    ids=str,
)
def test_a_conclusion_is_one_move(conclusion: Conclusion, place: Place, levels: int, move: Move) -> None:
    assert move_of(conclusion, place, levels) is move


def test_nothing_is_concluded_outside_review() -> None:
    with pytest.raises(ValueError, match="collecting"):
        move_of(Conclusion.MEETS, COLLECTING, 2)


@pytest.mark.parametrize(
    ("kind", "slots", "reasons", "material", "expected"),
    [
        (Kind.ACCEPTED, (), (), IDENTITY, ()),
        (Kind.ACCEPTED, (), (), OTHER, ("verdict.no_photo",)),
        (Kind.ACCEPTED, (), (), replace(IDENTITY, unseen=frozenset({"back"})), ("verdict.unseen",)),
        (Kind.WAIVED, (), (), replace(OTHER, declared=True), ()),
        (Kind.WAIVED, (), (), OTHER, ("verdict.not_declared",)),
        (Kind.REDO, ("back",), ("glare",), IDENTITY, ()),
        (Kind.REDO, (), ("glare",), IDENTITY, ()),
        (Kind.REDO, ("back",), (), IDENTITY, ("verdict.no_reason",)),
        (Kind.REDO, ("cover",), ("glare",), IDENTITY, ("verdict.unknown_slot",)),
        (Kind.REDO, ("back",), ("glare",), replace(IDENTITY, unseen=frozenset({"front"})), ()),
        (
            Kind.REDO,
            ("back",),
            ("glare",),
            replace(IDENTITY, unseen=frozenset({"back"})),
            ("verdict.unseen",),
        ),
        (Kind.REDO, (), ("glare",), replace(IDENTITY, unseen=frozenset({"back"})), ("verdict.unseen",)),
        (Kind.REDO, (), ("missing",), OTHER, ()),
    ],
)
def test_a_verdict_speaks_of_what_is_there_and_was_seen(
    kind: Kind,
    slots: tuple[str, ...],
    reasons: tuple[str, ...],
    material: MaterialState,
    expected: tuple[str, ...],
) -> None:
    assert problems(kind, slots, reasons, material) == expected


def test_an_opinion_in_favour_needs_every_filled_or_required_material_decided() -> None:
    verdicts = [said("identity"), said("diploma")]
    assert lacking(Conclusion.MEETS, 0, MATERIALS, verdicts) == ()
    assert lacking(Conclusion.MEETS, 0, MATERIALS, verdicts[:1]) == ("diploma",)
    filled = (*MATERIALS[:2], replace(OTHER, filled=frozenset({"page"})))
    assert lacking(Conclusion.MEETS, 0, filled, verdicts) == ("other",)


def test_a_required_material_that_is_empty_is_undecided_until_its_gap_is_waived() -> None:
    empty = (replace(DIPLOMA, filled=frozenset(), declared=True),)
    assert undecided(empty, [], 0) == ("diploma",)
    assert lacking(Conclusion.MEETS, 0, empty, [said("diploma", Kind.WAIVED)]) == ()


def test_no_opinion_is_in_favour_while_something_is_wanted_again() -> None:
    verdicts = [said("identity"), said("diploma", Kind.REDO)]
    assert redone(verdicts, 0) == ("diploma",)
    assert lacking(Conclusion.MEETS, 0, MATERIALS, verdicts) == ("diploma",)


def test_each_level_gives_its_own_verdicts() -> None:
    by_the_site = [said("identity"), said("diploma")]
    assert lacking(Conclusion.MEETS, 1, MATERIALS, by_the_site) == ("identity", "diploma")
    by_both = [*by_the_site, said("identity", level=1), said("diploma", level=1)]
    assert lacking(Conclusion.MEETS, 1, MATERIALS, by_both) == ()


def test_a_lower_levels_redo_does_not_stand_against_the_level_above() -> None:
    verdicts = [said("identity", Kind.REDO), said("identity", level=1), said("diploma", level=1)]
    assert lacking(Conclusion.MEETS, 1, MATERIALS, verdicts) == ()


@pytest.mark.parametrize("conclusion", [Conclusion.FAILS, Conclusion.RETURNS])
def test_an_opinion_against_needs_only_the_verdicts_it_cites(conclusion: Conclusion) -> None:
    verdicts = [said("diploma", Kind.REDO)]
    assert lacking(conclusion, 0, MATERIALS, verdicts) == ()
    assert lacking(conclusion, 0, MATERIALS, verdicts, ["diploma"]) == ()
    assert lacking(conclusion, 0, MATERIALS, verdicts, ["identity", "diploma"]) == ("identity",)


def test_what_is_asked_for_again_has_a_redo_of_the_asking_level() -> None:
    verdicts = [said("diploma", Kind.REDO), said("identity"), said("identity", Kind.REDO, level=1)]
    assert lacking(Conclusion.ASKS, 0, MATERIALS, verdicts, ["diploma"]) == ()
    assert lacking(Conclusion.ASKS, 0, MATERIALS, verdicts, ["diploma", "identity"]) == ("identity",)


def test_a_new_photo_clears_its_materials_verdicts_at_all_levels_and_no_others() -> None:
    verdicts = (said("identity"), said("diploma"), said("diploma", Kind.REDO, level=1))
    assert without(verdicts, "diploma") == (said("identity"),)


def test_the_last_word_counts_whichever_level_said_it() -> None:
    region = replace(said("diploma", Kind.REDO, level=1), at=AFTER + timedelta(days=1))
    site_again = replace(said("diploma"), at=AFTER + timedelta(days=2))
    assert newest([said("diploma"), region], "diploma") == region
    assert newest([site_again, region], "diploma") == site_again
    assert newest([region], "identity") is None


def test_each_ask_ends_a_round() -> None:
    assert round_after(1, Move.ASK) == 2
    assert round_after(2, Move.ANSWER) == 2
    assert round_after(2, Move.TAKE_BACK, took_back=Move.ASK) == 1
    assert round_after(2, Move.TAKE_BACK, took_back=Move.PASS_UP) == 2
