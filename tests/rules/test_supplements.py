from dataclasses import replace

from tests.rules.telling import AFTER
from webapp.rules.supplements import Answers, AskedField, AskedPhoto, asked_by, unanswered
from webapp.rules.verdicts import Kind, Verdict

FRONT = AskedPhoto("identity", "front")
BACK = AskedPhoto("identity", "back")
PRACTICE = AskedPhoto("practice")
DATE = AskedField("first_registered")
ASKED = (FRONT, BACK, PRACTICE, DATE)


def test_a_redo_asks_for_each_slot_it_names_or_for_the_whole_material() -> None:
    glare = frozenset({"glare"})
    verdicts = [
        Verdict("identity", 0, Kind.REDO, AFTER, frozenset({"front", "back"}), glare),
        Verdict("practice", 0, Kind.REDO, AFTER, reasons=glare),
        Verdict("diploma", 0, Kind.ACCEPTED, AFTER),
    ]
    assert asked_by(verdicts) == (
        replace(BACK, reasons=glare),
        replace(FRONT, reasons=glare),
        replace(PRACTICE, reasons=glare),
    )


def test_nothing_is_answered_before_anything_came_in() -> None:
    assert unanswered(ASKED, Answers()) == ASKED


def test_a_new_photo_answers_its_own_slot_only() -> None:
    came = Answers(new_photos=frozenset({("identity", "back")}))
    assert unanswered(ASKED, came) == (FRONT, PRACTICE, DATE)


def test_a_material_asked_for_as_a_whole_is_answered_by_a_photo_in_any_slot() -> None:
    assert unanswered([PRACTICE], Answers(new_photos=frozenset({("practice", "form")}))) == ()
    assert unanswered([PRACTICE], Answers(new_photos=frozenset({("diploma", "form")}))) == (PRACTICE,)


def test_a_written_word_that_it_cannot_be_supplied_answers_an_item() -> None:
    came = Answers(cannot_supply=frozenset({("identity", "front"), ("practice", None)}))
    assert unanswered(ASKED, came) == (BACK, DATE)


def test_a_field_is_answered_by_the_import_or_by_a_written_reply() -> None:
    assert unanswered([DATE], Answers(changed_fields=frozenset({"first_registered"}))) == ()
    assert unanswered([DATE], Answers(replied_fields=frozenset({"first_registered"}))) == ()
    assert unanswered([DATE], Answers(changed_fields=frozenset({"name"}))) == (DATE,)


def test_a_photo_answers_no_field() -> None:
    assert unanswered([DATE], Answers(new_photos=frozenset({("first_registered", "page")}))) == (DATE,)
