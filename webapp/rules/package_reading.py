"""Reading an exam's package from its data, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from webapp.rules.exam_package import ExamPackage, Retention, ReviewFrom
from webapp.rules.field_values import Choice
from webapp.rules.fields import FIELDS, Fields, with_choices
from webapp.rules.package_materials import Known, read_materials
from webapp.rules.package_offices import read_contact, read_levels, read_office_kinds, read_offices
from webapp.rules.package_phases import read_phases, read_zone
from webapp.rules.package_table import Problems, Table, Where, nowhere
from webapp.rules.package_texts import read_documents, read_reasons, read_recovery, read_texts
from webapp.rules.passwords import PasswordPolicy

_CODE = re.compile(r"[a-z0-9_]{1,64}")


def read_package(
    document: Mapping[str, object], where: Where = nowhere, files: Collection[str] | None = None
) -> ExamPackage:
    """The exam that ``document`` describes.

    ``where`` tells file and line of a key path; ``files`` are the names of the package's files, against which
    examples and attachments are checked (None: not checked, as with data kept in the database). Raises
    :class:`webapp.rules.package_table.BrokenPackage` with every problem found.
    """
    problems = Problems(where)
    table = Table(document, (), problems)
    package = _package(table, document, files)
    problems.finish()
    return package


def _package(table: Table, document: Mapping[str, object], files: Collection[str] | None) -> ExamPackage:
    zone = read_zone(table)
    fields = _fields(table)
    reasons = read_reasons(table)
    max_photo_bytes = table.number("max_photo_bytes", 10_240, 1_048_576)
    known = Known(fields, [reason.code for reason in reasons], max_photo_bytes, files)
    materials = read_materials(table, known)
    kinds = read_office_kinds(table)
    levels = read_levels(table, kinds)
    offices = read_offices(table, kinds, levels)
    return ExamPackage(
        code=_code(table),
        title=table.words("title"),
        region=table.words("region"),
        time_zone=zone.key,
        phases=read_phases(table, zone, materials),
        review_from=table.one_of("review_from", ReviewFrom),
        grace_minutes=table.number("grace_minutes", 0, 1440),
        lease_minutes=table.number("lease_minutes", 1, 240),
        levels=levels,
        office_kinds=kinds,
        offices=offices,
        candidate_password=_password(table.table("candidate_password")),
        staff_password=_password(table.table("staff_password")),
        recovery=read_recovery(table),
        max_photo_bytes=max_photo_bytes,
        max_original_bytes=table.number("max_original_bytes", max_photo_bytes, 268_435_456),
        retention=_retention(table.table("retention")),
        contact=read_contact(table, offices),
        fields=fields,
        materials=materials,
        reasons=reasons,
        texts=read_texts(table),
        attachments=tuple(read_documents(table, "attachment", files, (".md", ".pdf"))),
        help=tuple(read_documents(table, "help", files, (".md",))),
        document=document,
    )


def _code(table: Table) -> str:
    code = table.text("code")
    if code and not _CODE.fullmatch(code):
        table.problems.add(table.at("code"), '"code" has small letters, digits and "_" only.')
    return code


def _password(table: Table) -> PasswordPolicy:
    least = table.number("least", 8, 64)
    most = table.number("most", least, 256)
    return PasswordPolicy(least=least, most=most, letter_and_digit=table.flag("letter_and_digit"))


def _retention(table: Table) -> Retention:
    return Retention(
        photos_months=table.number("photos_months", 3, 36),
        records_months=table.number("records_months", 12, 240),
        access_log_months=table.number("access_log_months", 6, 240),
    )


def _fields(table: Table) -> Fields:
    """The registration's fields, with the closed lists that the exam brings in ``[[field]]``."""
    tables = table.tables("field", needed=False)
    codes = [each.text("code") for each in tables]
    lists: dict[str, tuple[Choice, ...]] = {}
    for code, each in zip(codes, tables, strict=True):
        values = each.tables("choice")
        choices = tuple(_choice(value) for value in values)
        named = [(choice.value, value.at("value")) for choice, value in zip(choices, values, strict=True)]
        each.problems.unique(named, "value")
        if code and each.problems.known(code, FIELDS, "field", each.at("code")):
            lists[code] = choices
    table.problems.unique(
        [(code, each.at("code")) for code, each in zip(codes, tables, strict=True)], "field"
    )
    return with_choices(FIELDS, lists)


def _choice(table: Table) -> Choice:
    return Choice(table.text("value"), table.words("words"))
