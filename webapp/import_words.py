"""The import command's sentences: what is wrong with a file, a row, a cell. None quotes what stands there."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.rules.fields import Field, Fields, Kind
from webapp.rules.row_problems import Code, Problem
from webapp.rules.taking import Effect, Fate
from webapp.sheets.refusals import NoTable, Why

OF_FILES: Mapping[Why, str] = {
    Why.EMPTY: "the file is empty",
    Why.TOO_LARGE: "the file is larger than {most} bytes; split it",
    Why.UNKNOWN_KIND: "this is neither an .xlsx workbook nor a .csv text",
    Why.OLD_EXCEL: "this is an .xls file of Excel until 2003 (or .et of WPS); save it as .xlsx",
    Why.PASSWORD: "the workbook is protected by a password; save a copy without one",
    Why.BINARY_EXCEL: "this is a binary workbook (.xlsb); save it as .xlsx",
    Why.OPEN_DOCUMENT: "this is an OpenDocument table (.ods); save it as .xlsx",
    Why.WEB_PAGE: "this is a web page or XML, whatever its name says; open it in a spreadsheet and save it as .xlsx",
    Why.MACROS: "the workbook has macros (.xlsm); save it as .xlsx without them",
    Why.LINKS_OUTSIDE: "the workbook takes values from other files; paste them as values and save it anew",
    Why.ENTITIES: "the workbook brings a document type of its own, which no spreadsheet writes",
    Why.BOMB: "the workbook unpacks to far more than a table of registrations can be",
    Why.DAMAGED: "the workbook is damaged; open it in a spreadsheet and save it as .xlsx anew",
    Why.BAD_TEXT: "the text is neither UTF-8 nor GB18030 (GBK)",
    Why.BAD_QUOTES: "line {line}: the quotation marks do not add up from here on, or a cell is far too long",
    Why.TOO_MANY_ROWS: "the table has more than {most} rows; split it",
    Why.TOO_MANY_COLUMNS: "a sheet has more than {most} columns",
    Why.TOO_MANY_CELLS: "a sheet reaches too far; delete what stands far away from the table",
    Why.NO_HEADINGS: "no headings in the first {rows} rows; webapp import-registrations --columns lists them",
    Why.SEVERAL_TABLES: "several sheets have the headings: {sheets}; keep one of them",
    Why.COLUMNS_MISSING: "columns that must be there are missing: {columns}; the headings are in line {line}",
    Why.COLUMNS_TWICE: "columns that stand more than once: {columns}; the headings are in line {line}",
    Why.NO_ROWS: "there is no row below the headings",
}

OF_ROWS: Mapping[Code, str] = {
    Code.MISSING: "is empty",
    Code.TOO_LONG: "has more than {most} characters",
    Code.NOT_A_VALUE: "is none of the values that are possible; --columns lists them",
    Code.BAD_DATE: "is no date that can be read",
    Code.AMBIGUOUS_MONTH: "may be January or October; write it as 2018-01 or 2018-10",
    Code.BAD_PERIOD: "is no period; write it as 2019-02/2020-04",
    Code.PERIOD_BACKWARDS: "ends before it begins",
    Code.BAD_NUMBER: "is no registration number",
    Code.BAD_ID_SIGNS: "has other signs than letters, digits, brackets and dashes",
    Code.ID_LENGTH: "has {length} characters instead of 18",
    Code.ID_CHECK: "is no valid number: the check digit is wrong, or there is no such day of birth",
    Code.SITE_UNKNOWN: "is no exam site of this exam",
    Code.MORE_CELLS: "the row has more cells than there are headings; a comma too many moves all cells behind it",
    Code.DAMAGED_NUMBER: "has lost its last digits in a spreadsheet; format the column as text and enter it again",
    Code.TEXT_AS_DATE: "has become a date in a spreadsheet; format the column as text and enter it again",
    Code.CELL_ERROR: "holds an error of the spreadsheet such as #N/A",
    Code.FORMULA_WITHOUT_RESULT: "holds a formula without a result; open the file in a spreadsheet and save it",
    Code.MERGED_ACROSS: "is merged with other columns",
    Code.NUMBER_TWICE: "stands in line {line} too, and the rows differ",
    Code.USER_NAME_TWICE: "is that of line {line} too, which is another person's",
    Code.PERSON_KNOWN: "the registration number is one person's and the identity document another's",
    Code.USER_NAME_TAKEN: "the user name is another person's",
    Code.RARE_CHARACTER: "may lack a rare character: it has a sign that stands for one",
    Code.ZEROS_RESTORED: "had lost its leading zeros, which were put back",
    Code.NUMBER_SHORT: "is shorter than the others and may have lost leading zeros",
    Code.ID_LENGTH_UNUSUAL: "is not as long as such numbers usually are",
    Code.BIRTH_DIFFERS: "is not the day in the number of the identity document",
    Code.IDENTITY_CHANGED: "differs from what was known; see that this is still the same person",
    Code.PERSON_TWICE: "is that of line {line} too, and nothing tells which is newer: the later line holds",
    Code.ROW_REPEATED: "the same row stands in line {line}",
}

OF_FATES: Mapping[Fate, str] = {
    Fate.ADDED: "added",
    Fate.SAME: "same",
    Fate.SUPERSEDED: "superseded (the person has a newer registration; kept as history)",
    Fate.CANCELLED: "cancelled (nobody's current registration; nothing else changes)",
}
"""Before the lines that share a fate and need no words of their own."""

OF_EFFECTS: Mapping[Effect, str] = {
    Effect.TAKEN_OVER: "registered anew: account, case and photos go over to this registration",
    Effect.WITHDRAWN: "cancelled: the case is withdrawn",
    Effect.CANCELLED_LATER: "cancelled after publishing: the case is flagged",
    Effect.RESTORED: "the case that a cancellation had withdrawn is restored",
    Effect.SITE_MOVED: "the case goes to the new site, old verdicts end",
    Effect.SITE_FLAGGED: "another site, but a higher level has the case: it stays and is flagged",
    Effect.NEWLY_REQUIRED: "something is required now that is missing: the case is flagged",
    Effect.OWN_BELL: "made after its bell: the case has a bell of its own",
}
"""What a row does to a person and their case."""

COUNTED: Mapping[Effect, str] = {
    Effect.TAKEN_OVER: "registered anew",
    Effect.WITHDRAWN: "withdrawn by a cancellation",
    Effect.CANCELLED_LATER: "flagged as cancelled after publishing",
    Effect.RESTORED: "restored",
    Effect.SITE_MOVED: "moved to another site",
    Effect.SITE_FLAGGED: "flagged with another site",
    Effect.NEWLY_REQUIRED: "flagged with something newly required",
    Effect.OWN_BELL: "with a bell of their own",
}
"""The same in the summary, behind a number of cases."""

LATE = "made withdrawn because the bell has rung (--bell-for-late gives such cases a bell)"

NO_BELL: Mapping[str, str] = {
    "bell.not_later": "it lies before the phase's bell, or it is over",
    "phase.published": "the results are published",
}

_FORMS: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.DATE: "date, 1995-02-03",
    Kind.MONTH: "month, 2018-07",
    Kind.PERIOD: "two months, 2019-02/2020-04",
    Kind.MOMENT: "date and time, 2020-01-12 09:31:05",
}


def sentence_of_file(none: NoTable) -> str:
    """Why a file is no table."""
    facts = {
        name: ", ".join(value) if isinstance(value, tuple) else f"{value:,}"
        for name, value in none.facts.items()
    }
    return OF_FILES[none.why].format(**facts)


def sentence_of_row(problem: Problem, fields: Fields) -> str:
    """One finding, with the heading of its column."""
    said = OF_ROWS[problem.code].format(**problem.facts)
    return f"{fields[problem.field].column} {said}" if problem.field else said


def form_of(field: Field) -> str:
    """What may stand in a field's column."""
    return " | ".join(choice.value for choice in field.choices) or _FORMS[field.kind]
