"""The map of the house: which room may import which, and which library has its door where."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOORS = {
    "clock",
    "database",
    "hashing",
    "folders",
    "keyring",
    "logs",
    "settings",
    "one_trip",
    "read_rows",
    "sqlite_immediate",
    "statements",
    "totp",
}
TOP = {
    "__main__", "app", "commands", "demo_command", "duties", "import_command", "import_words", "serving",
    "shelf_commands", "supervisor",
}  # fmt: skip

# Room → rooms below it. Changing the architecture means changing this table in the open.
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "records": {"rules", "read_rows", "statements"},
    "exams": {"rules"},
    "photos": {"rules", "settings", "folders", "keyring"},
    "sheets": {"rules"},
    "guard": {
        "records", "rules", "clock", "database", "keyring", "one_trip", "read_rows", "settings", "statements"
    },
    # actions → sheets: a list that goes out is written down by the action that hands it out.
    "actions": {
        "records", "rules", "photos", "sheets", "clock", "database", "hashing", "keyring", "one_trip", "read_rows",
        "statements", "totp",
    },
    "pages": {"actions", "guard", "records", "rules", "exams", "clock", "database", "totp"},
    "demo": set(),
    # Doors, each with one library or one power behind it.
    "settings": set(),
    "folders": set(),
    "keyring": {"folders"},
    "hashing": set(),
    "totp": set(),
    "logs": set(),
    "sqlite_immediate": set(),
    "database": set(),
    "statements": set(),
    "read_rows": {"statements"},
    "one_trip": {"database", "statements"},
    "clock": {"statements"},
    # The top: puts rooms together.
    "app": {"pages", "actions", "guard", "rules", "clock", "database", "keyring", "logs", "settings"},
    "duties": {"actions", "guard", "clock", "database", "keyring", "settings"},
    "serving": {"app", "duties", "settings"},
    "supervisor": {"settings"},
    "demo_command": {
        "actions", "clock", "database", "demo", "exams", "guard", "records", "rules", "settings", "supervisor"
    },
    "import_words": {"rules", "sheets"},
    "import_command": {"actions", "clock", "import_words", "records", "rules", "sheets"},
    "shelf_commands": {"actions", "keyring", "settings"},
    "commands": {
        "actions", "clock", "database", "demo_command", "exams", "guard", "import_command", "import_words",
        "keyring", "logs", "pages", "records", "rules", "serving", "settings", "sheets", "shelf_commands",
        "supervisor", "totp",
    },
    "__main__": {"commands"},
}  # fmt: skip

# Library → the rooms where it may be imported. The demo is a world of its own beside the product: it has a site, signs
# tickets and draws photos itself, and shares nothing with the rooms that do the same for real people.
LIBRARIES: dict[str, set[str]] = {
    "quart": {"app", "guard", "pages", "demo"},
    "quart_auth": {"guard"},
    "quart_rate_limiter": {"guard", "pages"},
    "itsdangerous": {"guard"},
    "werkzeug": {"guard", "pages"},
    "tortoise": {
        "records",
        "actions",
        "guard",
        "database",
        "sqlite_immediate",
        "statements",
        "one_trip",
        "read_rows",
    },
    "PIL": {"photos", "demo"},
    "pillow_heif": {"photos"},
    "simplejpeg": {"photos"},
    "aiofiles": {"photos"},
    "openpyxl": {"sheets"},
    "python_calamine": {"sheets"},
    "csv": {"sheets"},
    "httpx": {"sending", "demo"},
    "hypercorn": {"serving", "app"},
    "uvloop": {"serving"},
    "click": {"commands"},
    "argon2": {"hashing"},
    "pyotp": {"totp", "demo"},
    "cryptography": {"keyring"},
    "jinja2": {"app"},
    "babel": {"pages"},
    "markdown_it": {"pages"},
    "markupsafe": {"pages"},
    "segno": {"pages"},
    "jwt": {"guard", "demo"},
}
PURE_ROOMS = {"rules"}
NOT_PURE = {"asyncio", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "time"}


def room_of(path: Path) -> str:
    """The room a file of webapp/ lies in: its folder, or itself at the top."""
    return path.relative_to(ROOT / "webapp").parts[0].removesuffix(".py")


def python_files() -> list[Path]:
    """All of webapp/."""
    return sorted((ROOT / "webapp").rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "webapp":
                yield from (f"webapp.{alias.name}" for alias in node.names)
            else:
                yield node.module


def wrong_imports(path: Path, imported: str) -> str | None:
    """Why this file may not import that, or None."""
    room, parts = room_of(path), imported.split(".")
    if parts[0] == "webapp":
        target = parts[1] if len(parts) > 1 else "__init__"
        if target != room and target not in MAY_IMPORT[room]:
            return f"{path.relative_to(ROOT)}: {room} may not import {target}"
    elif parts[0] in LIBRARIES and room not in LIBRARIES[parts[0]]:
        return f"{path.relative_to(ROOT)}: {parts[0]} has its door in {sorted(LIBRARIES[parts[0]])}"
    elif room in PURE_ROOMS and parts[0] in NOT_PURE:
        return f"{path.relative_to(ROOT)}: {room} is pure and may not import {parts[0]}"
    return None


def test_every_import_looks_down() -> None:
    found = [
        wrong_imports(path, name)
        for path in python_files()
        if room_of(path) != "__init__"
        for name in imports_of(path)
    ]
    assert [problem for problem in found if problem] == []


def test_the_map_would_catch_a_wrong_import() -> None:
    rule, page = ROOT / "webapp/rules/chain.py", ROOT / "webapp/pages/words.py"
    assert wrong_imports(rule, "webapp.records.exam")
    assert wrong_imports(rule, "tortoise.models")
    assert wrong_imports(rule, "time")
    assert wrong_imports(page, "PIL.Image")
    assert wrong_imports(page, "webapp.guard.access") is None


def test_every_room_is_on_the_map_and_says_what_it_is() -> None:
    rooms = {room_of(path) for path in python_files()} - {"__init__"}
    assert rooms <= set(MAY_IMPORT), rooms - set(MAY_IMPORT)
    for folder in {path.parent for path in python_files()}:
        opening = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
        assert opening, f"{folder.relative_to(ROOT)}/__init__.py has no docstring: it is the room's README"


def test_every_third_party_library_has_a_door() -> None:
    known = set(LIBRARIES) | set(sys.stdlib_module_names) | {"webapp", "numpy"}
    unknown = {name.split(".")[0] for path in python_files() for name in imports_of(path)} - known
    assert unknown == set()


def calls(path: Path, names: set[str]) -> list[int]:
    """The lines on which one of ``names`` is used as a name or an attribute."""
    tree = ast.parse(path.read_text())
    used = (
        (node.id if isinstance(node, ast.Name) else node.attr, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    )
    return [line for name, line in used if name in names]


@pytest.mark.parametrize(
    ("names", "rooms"),
    [
        ({"in_transaction", "atomic", "_in_transaction"}, {"database", "sqlite_immediate"}),
        ({"environ", "getenv"}, {"settings"}),
        ({"utcnow", "today"}, set()),
    ],
)
def test_powers_have_one_door(names: set[str], rooms: set[str]) -> None:
    found = {room_of(path) for path in python_files() if calls(path, names)}
    # A local variable may be called today; what is meant is date.today and datetime.today.
    if "today" in names:
        found = {
            room_of(path)
            for path in python_files()
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr in names
        }
    assert found <= rooms


def test_no_room_is_a_junk_drawer() -> None:
    names = {path.stem for path in python_files()} | {path.parent.name for path in python_files()}
    assert names.isdisjoint({"utils", "util", "common", "helpers", "helper", "misc"})


def test_time_comes_through_the_clock() -> None:
    asks = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        if room_of(path) not in {"clock", "logs", "demo", "supervisor", "photos"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "time", "monotonic"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "time"}
    ]
    assert asks == []
