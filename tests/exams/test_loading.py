"""Packages are found by code, read from their folder, and refused whole when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.small_exam import FILES, SMALL, changed, line_of
from webapp.exams import NoSuchExam, exam_codes, load_package, package_folder, read_text
from webapp.rules.package_table import BrokenPackage


def written(exams: Path, code: str, text: str = SMALL) -> Path:
    """A package's folder with everything that ``text`` refers to."""
    folder = exams / code
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}", "utf-8")
    (folder / "exam.toml").write_text(text, "utf-8")
    return folder


def test_a_package_is_loaded_by_its_code(tmp_path: Path) -> None:
    folder = written(tmp_path, "small_2020")
    assert exam_codes(tmp_path) == ["small_2020"]
    assert package_folder("small_2020", tmp_path) == folder
    assert load_package("small_2020", tmp_path).title.en == "Small exam"
    assert read_text("small_2020", "help/entering.md", tmp_path) == "# help/entering.md"


def test_all_toml_files_of_a_folder_are_one_package(tmp_path: Path) -> None:
    at = SMALL.index("[texts.upload_line]")
    folder = written(tmp_path, "small_2020", SMALL[:at])
    with pytest.raises(BrokenPackage):
        load_package("small_2020", tmp_path)
    (folder / "texts.toml").write_text(SMALL[at:], "utf-8")
    assert load_package("small_2020", tmp_path).texts.upload_line.version == "1"


@pytest.mark.parametrize("code", ["small_2021", "../small_2020", "", ".", "Small_2020"])
def test_a_code_without_a_package_is_refused(tmp_path: Path, code: str) -> None:
    written(tmp_path, "small_2020")
    with pytest.raises(NoSuchExam):
        load_package(code, tmp_path)


def test_a_file_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    folder = written(tmp_path, "small_2020")
    load_package("small_2020", tmp_path)
    (folder / "examples" / "ID.svg").unlink()
    with pytest.raises(BrokenPackage) as refused:
        load_package("small_2020", tmp_path)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("exam.toml", line_of("ID.svg", SMALL))


def test_a_package_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "big_2020")
    with pytest.raises(BrokenPackage, match="name of the package's folder"):
        load_package("big_2020", tmp_path)
    written(tmp_path, "big_2020", changed('code = "small_2020"', 'code = "big_2020"'))
    assert load_package("big_2020", tmp_path).code == "big_2020"
