"""From the TOML texts of an exam's package to its data, and from there back to file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from webapp.rules.package_table import BrokenPackage, KeyPath, PackageProblem, Place, Where
from webapp.rules.toml_lines import lines_of

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def parsed(texts: Mapping[str, str]) -> tuple[dict[str, object], Where]:
    """The data of all ``texts`` (file name to TOML text) as one, and where each of its keys stands.

    Raises :class:`BrokenPackage` for a text that is no TOML and for a top-level key that two files have.
    """
    document: dict[str, object] = {}
    places: dict[KeyPath, Place] = {}
    problems: list[PackageProblem] = []
    for name, text in sorted(texts.items()):
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.append(_no_toml(name, text, str(error)))
            continue
        found = {path: Place(name, line) for path, line in lines_of(text).items()}
        for key in data.keys() & document.keys():
            place, other = found[key,], places[key,]
            sentence = f'"{key}" already stands in {other.file} on line {other.line}; keep it in one file.'
            problems.append(PackageProblem(place.line, key, sentence, name))
        document |= data
        places |= found
    if problems:
        raise BrokenPackage(problems)

    def where(path: KeyPath) -> Place:
        """The place of ``path``, or of the nearest table around it that is written down."""
        while path and path not in places:
            path = path[:-1]
        return places[path] if path else Place(min(texts, default=""), 1)

    return document, where


def _no_toml(name: str, text: str, message: str) -> PackageProblem:
    at = _AT_LINE.search(message)
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    return PackageProblem(line, "", f"This is no TOML: {_AT_LINE.sub('', message)}.", name)
