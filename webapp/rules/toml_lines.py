"""On which line each key of a TOML text stands.

``tomllib`` tells no positions and tomlkit, which keeps the rest of the text, keeps none either. So this walks
over a text that ``tomllib`` has already accepted and notes the lines; a test compares the paths that it finds
with those of the parsed data.
"""

from __future__ import annotations

import tomllib

from webapp.rules.package_table import KeyPath

_BLANK = " \t"
_BARE_END = " \t\n,]}#"


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line, counted from 1, on which each table, key and list entry of ``text`` begins.

    A table is where its header or the first key that makes it stands. ``text`` must be valid TOML 1.0.
    """
    return _Walk(text.replace("\r\n", "\n")).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._lengths: dict[KeyPath, int] = {}
        """How many entries each list made of [[headers]] has so far."""
        table: KeyPath = ()
        self._skip(newlines=True)
        while self._at < len(text):
            if text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(newlines=True)

    def _move(self, count: int = 1) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _skip(self, *, newlines: bool) -> None:
        """Past blanks and, with ``newlines``, past line ends and comments."""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "#" and newlines:
                end = self._text.find("\n", self._at)
                self._move((end if end >= 0 else len(self._text)) - self._at)
            elif character in _BLANK or (character == "\n" and newlines):
                self._move()
            else:
                return

    def _note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self._line)

    def _header(self) -> KeyPath:
        many = self._text.startswith("[[", self._at)
        self._move(2 if many else 1)
        path: KeyPath = ()
        keys = self._keys()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, keys[-1])
        self._note(path)
        if many:
            place = self._lengths.get(path, 0)
            self._lengths[path] = place + 1
            path = (*path, place)
            self._note(path)
        self._move(2 if many else 1)
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        """``path``, or its newest entry where it is a list of tables."""
        self._note(path)
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _pair(self, table: KeyPath) -> None:
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path)
        self._move()
        self._skip(newlines=False)
        self._value(path)

    def _keys(self) -> list[str]:
        """The parts of a dotted key; stops at what follows it."""
        keys: list[str] = []
        while True:
            self._skip(newlines=False)
            start = self._at
            if self._text[start] in "\"'":
                self._string()
            else:
                while self._text[self._at] not in " \t.=]":
                    self._move()
            keys.extend(tomllib.loads(f"{self._text[start : self._at]} = 0"))
            self._skip(newlines=False)
            if self._text[self._at] != ".":
                return keys
            self._move()

    def _value(self, path: KeyPath) -> None:
        match self._text[self._at]:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._string()
            case _:
                while self._at < len(self._text) and self._text[self._at] not in _BARE_END:
                    self._move()

    def _list(self, path: KeyPath) -> None:
        self._move()
        self._skip(newlines=True)
        place = 0
        while self._text[self._at] != "]":
            self._note((*path, place))
            self._value((*path, place))
            self._skip(newlines=True)
            if self._text[self._at] == ",":
                self._move()
                self._skip(newlines=True)
            place += 1
        self._move()

    def _inline_table(self, path: KeyPath) -> None:
        self._move()
        self._skip(newlines=True)
        while self._text[self._at] != "}":
            self._pair(path)
            self._skip(newlines=True)
            if self._text[self._at] == ",":
                self._move()
                self._skip(newlines=True)
        self._move()

    def _string(self) -> None:
        quote = self._text[self._at]
        mark = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._move(len(mark))
        while not self._text.startswith(mark, self._at):
            self._move(2 if quote == '"' and self._text[self._at] == "\\" else 1)
        self._move(len(mark))
        # A long string may end in one or two quotes of its own, which stand before the closing three.
        while len(mark) == 3 and self._text.startswith(quote, self._at):
            self._move()
