"""Reading the texts, reasons and recovery rules of an exam's package."""

from __future__ import annotations

from collections.abc import Collection

from webapp.rules.exam_package import Document, Recovery
from webapp.rules.exam_texts import Consent, ExamTexts, Hint, Pledges, Question, Reason, Text
from webapp.rules.names import user_name_key
from webapp.rules.package_table import Table
from webapp.rules.words import Words, gaps

_CONSENT_GAPS = frozenset({"site", "phone", "months"})


def read_texts(table: Table) -> ExamTexts:
    """``[texts]``."""
    texts = table.table("texts")
    notices = {key: texts.tables(key) for key in ("activation_notice", "materials_notice")}
    lines = {key: texts.table(key) for key in ("upload_line", "example_line")}
    all_tables = [*notices["activation_notice"], *notices["materials_notice"], *lines.values()]
    read = {each.path: _text(each) for each in all_tables}
    table.problems.unique([(text.code, (*path, "code")) for path, text in read.items()], "text")
    return ExamTexts(
        activation_notices=tuple(read[each.path] for each in notices["activation_notice"]),
        materials_notices=tuple(read[each.path] for each in notices["materials_notice"]),
        pledges=_pledges(texts.table("pledges")),
        consent=_consent(texts.table("consent")),
        upload_line=read[lines["upload_line"].path],
        example_line=read[lines["example_line"].path],
    )


def _text(table: Table) -> Text:
    return Text(table.text("code"), table.text("version"), _plain(table, "words"))


def _plain(table: Table, key: str, allowed: Collection[str] = frozenset()) -> Words:
    """Words whose ``{gaps}`` are all among ``allowed``."""
    words = table.words(key)
    for language, said in words.by_language().items():
        for name in sorted(gaps(said) - frozenset(allowed)):
            table.problems.add(table.at(key, language), f'Nothing here fills the gap "{{{name}}}".')
    return words


def _pledges(table: Table) -> Pledges:
    items = tuple(_plain(each, "words") for each in table.tables("item"))
    return Pledges(table.text("version"), items, _plain(table, "agree"))


def _consent(table: Table) -> Consent:
    return Consent(
        version=table.text("version"),
        title=_plain(table, "title"),
        purpose=_plain(table, "purpose", _CONSENT_GAPS),
        retention=_plain(table, "retention", _CONSENT_GAPS),
        contact=_plain(table, "contact", _CONSENT_GAPS),
        agree=_plain(table, "agree"),
    )


def read_reasons(table: Table) -> tuple[Reason, ...]:
    """``[[hint]]`` and ``[[reason]]``."""
    hint_tables = table.tables("hint")
    read = [Hint(each.text("code"), each.words("words")) for each in hint_tables]
    hints = {hint.code: hint for hint in read}
    table.problems.unique(
        [(hint.code, each.at("code")) for hint, each in zip(read, hint_tables, strict=True)], "hint"
    )
    tables = table.tables("reason")
    reasons = tuple(_reason(each, hints) for each in tables)
    codes = [(reason.code, each.at("code")) for reason, each in zip(reasons, tables, strict=True)]
    table.problems.unique(codes, "reason")
    return reasons


def _reason(table: Table, hints: dict[str, Hint]) -> Reason:
    given = table.texts("hints")
    for place, code in enumerate(given):
        if code:
            table.problems.known(code, hints, "hint", table.at("hints", place))
    return Reason(
        code=table.text("code"),
        reviewer=table.words("reviewer"),
        candidate=table.words("candidate"),
        hints=tuple(hints[code] for code in given if code in hints),
        general=table.flag("general", default=False),
        may_fail=table.flag("may_fail", default=False),
    )


def read_recovery(table: Table) -> Recovery:
    """``[recovery]`` with its questions."""
    recovery = table.table("recovery")
    tables = recovery.tables("question")
    questions = tuple(Question(each.text("code"), each.words("words")) for each in tables)
    codes = [(question.code, each.at("code")) for question, each in zip(questions, tables, strict=True)]
    table.problems.unique(codes, "question")
    asked = recovery.number("asked", 1, 5)
    if asked > len(questions):
        sentence = f'"asked" is at most the number of questions, {len(questions)}.'
        table.problems.add(recovery.at("asked"), sentence)
    least = recovery.number("answer_least", 1, 30)
    return Recovery(
        by_answers=recovery.flag("by_answers"),
        asked=asked,
        questions=questions,
        answer_least=least,
        answer_most=recovery.number("answer_most", least, 100),
        answers_refused=tuple(user_name_key(answer) for answer in recovery.texts("answers_refused")),
        tries_a_day=recovery.number("tries_a_day", 1, 20),
        reset_minutes=recovery.number("reset_minutes", 1, 60),
    )


def read_documents(
    table: Table, key: str, files: Collection[str] | None, endings: Collection[str]
) -> list[Document]:
    """``[[attachment]]`` or ``[[help]]``: each name stands for a file per ending in the folder of the key."""
    tables = table.tables(key)
    documents = [Document(each.text("name"), each.words("title")) for each in tables]
    names = [(document.name, each.at("name")) for document, each in zip(documents, tables, strict=True)]
    table.problems.unique(names, key)
    folder = "attachments" if key == "attachment" else key
    for document, each in zip(documents, tables, strict=True):
        for ending in endings:
            file = f"{folder}/{document.name}{ending}"
            if files is not None and document.name and file not in files:
                table.problems.add(each.at("name"), f'There is no file "{file}" in this package.')
    return documents
