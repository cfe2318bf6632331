"""A row of plain SQL becomes what Tortoise itself would make of it, whatever the table and the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from tortoise import Tortoise
from tortoise.fields import BooleanField, DateField, DatetimeField, Field, JSONField, UUIDField
from tortoise.models import Model

from webapp.database import APP, opened_database
from webapp.read_rows import made, recalled
from webapp.records import SiteBell

ID = "0f6e2f0c-6a0e-4a52-9d3c-3f4d1b8a2c11"
SOMEWHERE_ELSE = timezone(timedelta(hours=8))


class Record(Mapping[str, Any]):
    """As PostgreSQL's driver gives a row: columns by name, and iterated by their values."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __getitem__(self, column: str) -> Any:
        return self._values[column]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> Any:
        return self._values.keys()


def as_sqlite_has_it(field: Field[Any]) -> Any:
    """A value of this kind of column."""
    match field:
        case UUIDField():
            return ID
        case DatetimeField():
            return "2020-05-06 16:00:00.125000+00:00"
        case DateField():
            return "2020-05-06"
        case BooleanField():
            return 1
        case JSONField():
            return '{"a": [1, "二"]}'
    return {str: "一", int: 7, float: 0.5, bytes: b"\0\1"}[field.field_type]


def as_postgres_has_it(field: Field[Any]) -> Any:
    """The same by the other driver."""
    match field:
        case UUIDField():
            return UUID(ID)
        case DatetimeField():
            return datetime(2020, 5, 7, 0, 0, 0, 125_000, tzinfo=SOMEWHERE_ELSE)
        case DateField():
            return date(2020, 5, 6)
        case BooleanField():
            return True
    return as_sqlite_has_it(field)


def by_sqlite(values: dict[str, Any]) -> sqlite3.Row:
    """The values, as a row that SQLite answers with."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    names = ", ".join(f'? AS "{column}"' for column in values)
    row: sqlite3.Row = connection.execute(f"SELECT {names}", list(values.values())).fetchone()
    connection.close()
    return row


@pytest.fixture(autouse=True)
async def opened(database_url: str) -> Any:
    """The models know their fields once a database is open."""
    async with opened_database(database_url):
        yield


def tables() -> list[type[Model]]:
    """All of them."""
    found = list(Tortoise.apps[APP].values())
    assert len(found) > 30
    return found


@pytest.mark.parametrize("filled", [True, False])
async def test_every_table_is_read_as_tortoise_reads_it(database_url: str, filled: bool) -> None:
    sqlite = database_url.startswith("sqlite")
    value_of = as_sqlite_has_it if sqlite else as_postgres_has_it
    for kind in tables():
        values = {
            column: value_of(field) if filled or not field.null else None
            for column, field in (
                (column, kind._meta.fields_map[name])
                for name, column in kind._meta.fields_db_projection.items()
            )
        }
        expected = vars(kind._init_from_db(**values))
        found = vars(made(kind, [by_sqlite(values) if sqlite else Record(values)])[0])
        assert found == expected, kind.__name__
        for name, value in found.items():
            assert type(value) is type(expected[name]), (kind.__name__, name)


async def test_moments_come_in_utc_from_wherever_they_were_written() -> None:
    written = ["2020-05-07 00:00:00+08:00", "2020-05-06 16:00:00", "2020-05-06T16:00:00Z"]
    rows = [by_sqlite({"id": 1, "phase_id": ID, "office_id": ID, "bell": one}) for one in written]
    fields = set(SiteBell._meta.fields_db_projection.values())
    rest = {name: as_sqlite_has_it(SiteBell._meta.fields_map[name]) for name in fields - {*rows[0].keys()}}
    rows = [by_sqlite({**dict(row), **rest}) for row in rows]
    assert {one.bell for one in made(SiteBell, rows)} == {datetime(2020, 5, 6, 16, tzinfo=UTC)}


async def test_a_column_more_is_passed_over_and_one_less_is_a_mistake() -> None:
    fields = {name: as_sqlite_has_it(SiteBell._meta.fields_map[name]) for name in SiteBell._meta.db_fields}
    assert made(SiteBell, [by_sqlite({**fields, "role": "x"})])[0].id == fields["id"]
    del fields["bell"]
    with pytest.raises(LookupError, match="bell"):
        made(SiteBell, [by_sqlite(fields)])


async def test_what_is_recalled_is_the_same_object_until_its_row_changes() -> None:
    fields = {name: as_sqlite_has_it(SiteBell._meta.fields_map[name]) for name in SiteBell._meta.db_fields}
    (first,), (again,) = recalled(SiteBell, [by_sqlite(fields)]), recalled(SiteBell, [by_sqlite(fields)])
    (other,) = recalled(SiteBell, [by_sqlite({**fields, "bell": "2020-05-06 17:00:00+00:00"})])
    assert first is again
    assert other is not first
    assert other.bell == datetime(2020, 5, 6, 17, tzinfo=UTC)


async def test_what_is_made_can_be_changed_without_changing_another() -> None:
    fields = {name: as_sqlite_has_it(SiteBell._meta.fields_map[name]) for name in SiteBell._meta.db_fields}
    one, other = made(SiteBell, [by_sqlite(fields)] * 2)
    one.bell = datetime(2021, 1, 1, tzinfo=UTC)
    assert other.bell != one.bell
