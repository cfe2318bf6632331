"""Reading the upload windows of an exam's package: moments in its zone, a day's end as 24:00."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from webapp.rules.catalogue import Material
from webapp.rules.exam_package import ExamPhase
from webapp.rules.package_table import Table
from webapp.rules.windows import Window

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2})")
_STAND_IN = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC))


def instant(text: str, zone: ZoneInfo) -> datetime:
    """The UTC instant of ``2020-05-06 24:00`` (or 00:00 to 23:59) in ``zone``.

    ValueError where there is no such moment or, because clocks are set back, two of them.
    """
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        raise ValueError('a moment is written as "2020-05-06 24:00"')
    day, hour, minute = date.fromisoformat(parts[1]), int(parts[2]), int(parts[3])
    if (hour, minute) == (24, 0):
        day, hour = day + timedelta(days=1), 0
    local = datetime.combine(day, time(hour, minute), zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("the clocks of this zone jump over this moment")
    if found != local.replace(fold=1).astimezone(UTC):
        raise ValueError("the clocks of this zone show this moment twice")
    return found


def read_zone(table: Table) -> ZoneInfo:
    """``time_zone``."""
    name = table.text("time_zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if name:
            table.problems.add(
                table.at("time_zone"), f'There is no time zone "{name}"; one is "Asia/Shanghai".'
            )
        return ZoneInfo("UTC")


def read_phases(table: Table, zone: ZoneInfo, materials: Sequence[Material]) -> tuple[ExamPhase, ...]:
    """``[[phase]]``; without ``materials`` a phase asks for the whole catalogue."""
    tables = table.tables("phase")
    phases = tuple(_phase(each, zone, [material.code for material in materials]) for each in tables)
    codes = [(phase.code, each.at("code")) for phase, each in zip(phases, tables, strict=True)]
    table.problems.unique(codes, "phase")
    return phases


def _phase(table: Table, zone: ZoneInfo, catalogue: list[str]) -> ExamPhase:
    asked = table.texts("materials")
    for place, code in enumerate(asked):
        if code:
            table.problems.known(code, catalogue, "material", table.at("materials", place))
    in_order = tuple(code for code in catalogue if code in asked or not asked)
    return ExamPhase(table.text("code"), table.words("name"), _window(table, zone), in_order)


def _window(table: Table, zone: ZoneInfo) -> Window:
    opens, bell = _moment(table, "opens", zone), _moment(table, "bell", zone)
    if opens is None or bell is None:
        return _STAND_IN
    if opens >= bell:
        table.problems.add(table.at("bell"), '"bell" is later than "opens".')
        return _STAND_IN
    return Window(opens, bell)


def _moment(table: Table, key: str, zone: ZoneInfo) -> datetime | None:
    text = table.text(key)
    try:
        return instant(text, zone) if text else None
    except ValueError as problem:
        table.problems.add(table.at(key), f'"{text}" is no moment: {problem}.')
        return None
