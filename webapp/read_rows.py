"""Rows of plain SQL as the models of their tables.

Tortoise's own reading of a row takes several times what fetching it took: every value passes through a method of its
field, every moment through a regular expression. Here a table's columns are looked at once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from tortoise.fields import DatetimeField, Field, UUIDField
from tortoise.models import Model

from webapp.statements import Row

Kind = TypeVar("Kind", bound=Model)
_REMEMBERED = 4_096
"""Ids, moments and rows: the same are read again and again."""
_AS_THE_DRIVER_HAS_THEM = (str, int, float, bytes)
_WAITING_DEFAULTS = "_await_when_save"


def made(kind: type[Kind], rows: Iterable[Row]) -> list[Kind]:
    """Rows with all columns of a table, and perhaps others, as its model."""
    return [_made(kind, row) for row in rows]


def _made(kind: type[Kind], row: Row) -> Kind:
    found: Kind = _maker(kind, tuple(row.keys()))(row)
    return found


@functools.lru_cache(_REMEMBERED)
def _remembered(kind: type[Kind], row: Row) -> Kind:
    return _made(kind, row)


def recalled(kind: type[Kind], rows: Iterable[Row]) -> list[Kind]:
    """As :func:`made`, for rows that are read again and again and never changed in memory: the same objects.

    They are found by all that was just read of the row, so one that changed, here or in another process, is another.
    """
    return [_remembered(kind, row) for row in rows]


@functools.cache
def _maker(kind: type[Kind], columns: tuple[str, ...]) -> Callable[[Row], Kind]:
    by_column = {column: name for name, column in kind._meta.fields_db_projection.items()}
    plan = [
        (number, by_column[column], _reading(kind._meta.fields_map[by_column[column]]))
        for number, column in enumerate(columns)
        if column in by_column
    ]
    missing = set(by_column) - set(columns)
    if missing:
        raise LookupError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")

    def make(row: Row) -> Kind:
        values, found = tuple(row), kind.__new__(kind)
        state = found.__dict__
        state.update(_state(kind, row))
        state[_WAITING_DEFAULTS] = {}
        for number, name, read in plan:
            value = values[number]
            state[name] = value if read is None or value is None else read(value)
        return found

    return make


_states: dict[type[Model], dict[str, Any]] = {}


def _state(kind: type[Model], row: Row) -> dict[str, Any]:
    """What Tortoise itself notes of an object that stands in the database, taken from one that it has read."""
    known = _states.get(kind)
    if known is None:
        one = kind._init_from_db(**dict(row))
        known = {name: value for name, value in vars(one).items() if name.startswith("_")}
        _states[kind] = known
    return known


def _reading(field: Field[Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, UUIDField):
        return _id
    if type(field) is DatetimeField:
        return _moment
    plain = type(field).to_python_value is Field.to_python_value
    if plain and field.field_type in _AS_THE_DRIVER_HAS_THEM:
        return None
    return field.to_python_value


def _id(value: UUID | str) -> UUID:
    return _id_of(value) if isinstance(value, str) else value


@functools.lru_cache(_REMEMBERED)
def _id_of(text: str) -> UUID:
    return UUID(text)


def _moment(value: datetime | str) -> datetime:
    return _moment_of(value) if isinstance(value, str) else value.astimezone(UTC)


@functools.lru_cache(_REMEMBERED)
def _moment_of(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
