"""The bench as a whole: each part it names is there, and only those that need outside material ask for it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from bench import __main__ as bench


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules that were started; nothing is run."""
    modules: list[str] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: object) -> Done:
        modules.append(command[2])
        return Done()

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.delenv("TEST_MATERIAL", raising=False)
    monkeypatch.setattr("sys.argv", ["bench"])
    return modules


def test_each_part_is_a_program() -> None:
    for part in bench.PARTS:
        module = find_spec(part.command[2])
        assert module is not None, part.name
        if module.submodule_search_locations is not None:
            assert find_spec(f"{part.command[2]}.__main__") is not None, part.name


def test_without_material_the_other_parts_run_and_the_rest_is_named(
    started: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main() == 1
    assert started == ["bench.hostile", "bench.pages", "bench.axe"]
    assert capsys.readouterr().out.count("set TEST_MATERIAL") == len(bench.PARTS) - len(started)


def test_parts_without_material_alone_are_a_success(
    started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "pages", "axe"])
    assert bench.main() == 0
    assert started == ["bench.pages", "bench.axe"]


def test_with_material_all_run(started: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MATERIAL", "/somewhere")
    assert bench.main() == 0
    assert len(started) == len(bench.PARTS)
