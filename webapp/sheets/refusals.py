"""Why a file is no table that can be read, as stable codes; whoever shows them chooses the words."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Facts that a sentence needs stand behind the meaning."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    """``most`` bytes."""
    UNKNOWN_KIND = "unknown_kind"
    """Neither a workbook nor text."""
    OLD_EXCEL = "old_excel"
    """.xls, of Excel until 2003, or .et of WPS."""
    PASSWORD = "password"  # noqa: S105 - the reason, not one
    """The workbook is encrypted."""
    BINARY_EXCEL = "binary_excel"
    """.xlsb"""
    OPEN_DOCUMENT = "open_document"
    """.ods"""
    WEB_PAGE = "web_page"
    """HTML or XML, which many systems hand out under the name .xls."""
    MACROS = "macros"
    """.xlsm, or a workbook with macros under another name."""
    LINKS_OUTSIDE = "links_outside"
    """The workbook takes values from other files."""
    ENTITIES = "entities"
    """A part of the workbook brings a document type of its own."""
    BOMB = "bomb"
    """It unpacks to far more than a table can be."""
    DAMAGED = "damaged"
    BAD_TEXT = "bad_text"
    """Neither UTF-8 nor GB18030."""
    BAD_QUOTES = "bad_quotes"
    """``line``: from here on the quotation marks of the .csv do not add up."""
    TOO_MANY_ROWS = "too_many_rows"
    """``most`` rows."""
    TOO_MANY_COLUMNS = "too_many_columns"
    """``most`` columns."""
    TOO_MANY_CELLS = "too_many_cells"
    """The area between the first and the last cell is too large, as with a stray cell far away."""
    NO_HEADINGS = "no_headings"
    """No row looks like the headings; ``rows`` were looked at."""
    SEVERAL_TABLES = "several_tables"
    """``sheets``: more than one sheet has the headings."""
    COLUMNS_MISSING = "columns_missing"
    """``columns`` that every table must have; ``line`` of the headings."""
    COLUMNS_TWICE = "columns_twice"
    """``columns`` that stand more than once; ``line`` of the headings."""
    NO_ROWS = "no_rows"


class NoTable(Exception):
    """The file cannot be read as a table."""

    def __init__(self, why: Why, **facts: int | tuple[str, ...]) -> None:
        super().__init__(why)
        self.why = why
        self.facts = facts
