"""EXAMS AS DATA: one folder per exam, named by its code.

- ``*.toml``: all tables together are the exam (:mod:`webapp.rules.exam_package`); a top-level key stands in one
  file. Moments are written in the exam's zone, and a day's end as 24:00.
- ``examples/``: drawn pictures (SVG without script or style attributes), named in ``materials.toml``.
- ``attachments/`` and ``help/``: Markdown. Attachments also stand there as PDF files, printed by
  ``tools/print_attachments.py`` whenever their text has changed.

Only this module reads these files, whole and at start: nothing here waits, so it is not for request handlers.
"""

from __future__ import annotations

import re
from pathlib import Path

from webapp.rules.exam_package import ExamPackage
from webapp.rules.package_reading import read_package
from webapp.rules.package_source import parsed
from webapp.rules.package_table import BrokenPackage, PackageProblem

EXAMS = Path(__file__).parent

_CODE = re.compile(r"[a-z0-9_]{1,64}")


class NoSuchExam(Exception):
    """There is no package of that code."""


def exam_codes(exams: Path = EXAMS) -> list[str]:
    """The codes of the packages there are."""
    return sorted(file.parent.name for file in exams.glob("*/exam.toml"))


def package_folder(code: str, exams: Path = EXAMS) -> Path:
    """Where a package's files lie; raises :class:`NoSuchExam`."""
    folder = exams / code
    if not _CODE.fullmatch(code) or not (folder / "exam.toml").is_file():
        raise NoSuchExam(code)
    return folder


def load_package(code: str, exams: Path = EXAMS) -> ExamPackage:
    """The exam of that code, checked whole.

    Raises :class:`NoSuchExam`, or :class:`webapp.rules.package_table.BrokenPackage` with file and line of every
    problem.
    """
    folder = package_folder(code, exams)
    document, where = parsed({file.name: file.read_text("utf-8") for file in folder.glob("*.toml")})
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    package = read_package(document, where, files)
    if package.code != code:
        place = where(("code",))
        sentence = f'"code" is the name of the package\'s folder, "{code}".'
        raise BrokenPackage([PackageProblem(place.line, "code", sentence, place.file)])
    return package


def read_text(code: str, path: str, exams: Path = EXAMS) -> str:
    """The Markdown of a package's document, such as ``attachments/1-materials.md``."""
    return (package_folder(code, exams) / path).read_text("utf-8")
