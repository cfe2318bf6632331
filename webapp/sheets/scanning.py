"""A look through a workbook's XML before it is read: how far its sheets reach, and what reading would hide.

python-calamine gives nothing for a cell with an error and nothing for a formula that was never calculated, just
as for an empty cell. And it takes the memory for the whole area between a sheet's first and last cell, so the
area must be known beforehand. This look finds both, and refuses document types, on which entities rest.
"""

from __future__ import annotations

import string
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from webapp.rules.row_problems import Code
from webapp.sheets.bounds import MOST_TEXT
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.unpacking import WORKBOOK, Parts

_RELATIONS = "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedstrings.xml"
_LETTERS = {letter: place for place, letter in enumerate(string.ascii_uppercase, 1)}
_DIGITS = string.digits


@dataclass
class ScannedSheet:
    """One worksheet; rows and columns count from 0."""

    rows: int = 0
    """As many as reach down to the last cell that holds something."""
    columns: int = 0
    hidden: dict[tuple[int, int], Code] = field(default_factory=dict)
    """Cells of which reading shows nothing, by row and column."""


def scanned(parts: Parts) -> dict[str, ScannedSheet]:
    """The worksheets of a workbook by name; :class:`NoTable` where something about it is not right."""
    texts = _Texts()
    looks: dict[str, _Look] = {}
    names = [name for name in parts.names if name.casefold().endswith((".xml", ".rels"))]
    for name in sorted(names, key=lambda name: name.casefold() != _TEXTS):  # before the cells that show them
        looks[name] = _parsed(parts.chunks(name), texts)
    book, relations = looks.get(WORKBOOK), looks.get(_RELATIONS)
    if not isinstance(book, _Book) or not isinstance(relations, _Relations):
        raise NoTable(Why.DAMAGED)
    found = {name: looks.get(_path(relations.targets.get(id_, ""))) for name, id_ in book.sheets.items()}
    return {name: look.sheet for name, look in found.items() if isinstance(look, _Cells)}


def _path(target: str) -> str:
    """The part that a relation of the workbook leads to."""
    if target.startswith("/"):
        return target[1:]
    return target if target.startswith("xl/") else f"xl/{target}"


def _parsed(chunks: Iterable[bytes], texts: _Texts) -> _Look:
    """Sees a part through, with the look that its root element asks for."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    look = _Look()

    def root(name: str, _attributes: dict[str, str]) -> None:
        nonlocal look
        kinds: dict[str, type[_Look]] = {"workbook": _Book, "Relationships": _Relations}
        match _local(name):
            case "worksheet":
                look = _Cells(parser, texts)
            case "sst":
                look = texts
            case other:
                look = kinds.get(other, _Look)()
        look.listen(parser)

    def refuse(*_declared: object) -> None:
        raise NoTable(Why.ENTITIES)

    parser.StartElementHandler = root
    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, OverflowError) as reason:
        raise NoTable(Why.DAMAGED) from reason
    return look


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Look:
    """What is looked for in a part; nothing, unless a kind of part says otherwise."""

    def listen(self, parser: expat.XMLParserType) -> None:
        """Takes over the parser behind the root element."""
        parser.StartElementHandler = None


class _Book(_Look):
    """The workbook: its sheets' names, each with the id of the relation that leads to the sheet."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}

    def listen(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            title = attributes.get("name", "")
            if title in self.sheets:
                raise NoTable(Why.DAMAGED)
            self.sheets[title] = next((id_ for key, id_ in attributes.items() if _local(key) == "id"), "")


class _Relations(_Look):
    """Relations: the parts to which they lead, by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def listen(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Texts(_Look):
    """The texts that cells share: how long each is."""

    def __init__(self) -> None:
        self.lengths = array("L")

    def listen(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if _local(name) == "si":
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Cells(_Look):
    """A worksheet's cells."""

    def __init__(self, parser: expat.XMLParserType, texts: _Texts) -> None:
        self.sheet = ScannedSheet()
        self._parser = parser
        self._texts = texts
        self._text_total = 0
        self._row, self._column = 0, 0
        self._cell = (0, 0)
        self._kind = ""
        self._holds = False
        self._formula = False
        self._value = ""
        self._columns: dict[str, int] = {}

    def listen(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name if ":" not in name else _local(name):
            case "c":
                self._begin_cell(attributes)
            case "v":
                self._holds = True
                if self._formula or self._kind == "s":
                    self._value = ""
                    self._parser.CharacterDataHandler = self._hear
            case "is":
                self._holds = True
            case "f":
                self._holds = self._formula = True
                self._value = ""
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row
                self._column = 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is not None:
            letters = place.rstrip(_DIGITS)
            self._column = self._column_of(letters)
            self._cell = (int(place[len(letters) :]) - 1, self._column)
        else:
            self._cell = (self._row, self._column)
        self._column += 1
        self._kind = attributes.get("t", "")
        self._holds = self._formula = False

    def _column_of(self, letters: str) -> int:
        if letters not in self._columns:
            column = 0
            for letter in letters.upper():
                column = column * 26 + _LETTERS.get(letter, 1 << 20)
            self._columns[letters] = column - 1
        return self._columns[letters]

    def _hear(self, text: str) -> None:
        self._value += text

    def _end(self, name: str) -> None:
        match name if ":" not in name else _local(name):
            case "c":
                if self._holds:
                    self._end_cell()
            case "v":
                self._parser.CharacterDataHandler = None
            case "row":
                self._row += 1

    def _end_cell(self) -> None:
        row, column = self._cell
        if row < 0 or column < 0:
            raise NoTable(Why.DAMAGED)
        sheet = self.sheet
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, column + 1)
        if self._kind == "e":
            sheet.hidden[row, column] = Code.CELL_ERROR
        elif (
            self._formula and not self._value and self._kind != "str"
        ):  # a text that was calculated may be empty
            sheet.hidden[row, column] = Code.FORMULA_WITHOUT_RESULT
        if self._kind == "s":
            self._add_text(int(self._value))

    def _add_text(self, index: int) -> None:
        if not 0 <= index < len(self._texts.lengths):
            raise NoTable(Why.DAMAGED)
        self._text_total += self._texts.lengths[index]
        if self._text_total > MOST_TEXT:
            raise NoTable(Why.BOMB)
