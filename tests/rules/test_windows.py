"""The upload window: its first instant is in, the bell is out, and midnight is said as people say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.windows import LocalMoment, Window, WindowState, local_moment

OPENS = datetime(2020, 4, 22, 16, tzinfo=UTC)
BELL = datetime(2020, 5, 6, 16, tzinfo=UTC)
WINDOW = Window(OPENS, BELL)
TICK = timedelta(microseconds=1)
CHINA = "Asia/Shanghai"

instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bare bounds
zones = st.sampled_from([CHINA, "Asia/Urumqi", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin", "UTC"])


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (OPENS - TICK, WindowState.BEFORE),
        (OPENS, WindowState.OPEN),
        (OPENS + TICK, WindowState.OPEN),
        (BELL - TICK, WindowState.OPEN),
        (BELL, WindowState.CLOSED),
        (BELL + TICK, WindowState.CLOSED),
    ],
)
def test_the_first_instant_is_in_and_the_bell_is_out(moment: datetime, state: WindowState) -> None:
    assert WINDOW.state_at(moment) is state


@given(st.lists(instants, min_size=3, max_size=3, unique=True))
def test_at_every_instant_it_is_exactly_one_of_before_open_and_closed(moments: list[datetime]) -> None:
    opens, bell, moment = moments[0], moments[1], moments[2]
    if opens > bell:
        opens, bell = bell, opens
    state = Window(opens, bell).state_at(moment)
    assert (state is WindowState.OPEN) == (opens <= moment < bell)
    assert (state is WindowState.BEFORE) == (moment < opens)
    assert (state is WindowState.CLOSED) == (moment >= bell)


@given(instants, st.integers(-14, 14))
def test_the_zone_in_which_a_moment_is_written_does_not_matter(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert WINDOW.state_at(elsewhere) is WINDOW.state_at(moment)


@given(instants, st.timedeltas(TICK, timedelta(days=400)), st.timedeltas(TICK, timedelta(days=400)))
def test_windows_that_follow_each_other_share_no_instant(
    opens: datetime, first: timedelta, second: timedelta
) -> None:
    one, next_one = Window(opens, opens + first), Window(opens + first, opens + first + second)
    for moment in (opens, opens + first - TICK, opens + first, opens + first + TICK):
        states = [window.state_at(moment) for window in (one, next_one)]
        assert states.count(WindowState.OPEN) <= 1
    assert one.state_at(one.bell) is WindowState.CLOSED
    assert next_one.state_at(one.bell) is WindowState.OPEN


@pytest.mark.parametrize(
    ("opens", "bell"),
    [
        (OPENS, OPENS),
        (BELL, OPENS),
        (OPENS.replace(tzinfo=None), BELL),
        (OPENS, BELL.replace(tzinfo=None)),
    ],
)
def test_a_window_that_is_none_is_refused(opens: datetime, bell: datetime) -> None:
    assert Window(OPENS, BELL).bell == BELL
    with pytest.raises(ValueError, match="window"):
        Window(opens, bell)


def test_the_end_of_6_may_is_said_as_24_00_and_its_beginning_as_0_00() -> None:
    assert local_moment(BELL, CHINA, ends=True) == LocalMoment(date(2020, 5, 6), "24:00")
    assert local_moment(BELL, CHINA) == LocalMoment(date(2020, 5, 7), "00:00")
    assert local_moment(OPENS, CHINA) == LocalMoment(date(2020, 4, 23), "00:00")


def test_the_last_day_of_a_year_ends_in_that_year() -> None:
    end = datetime(2020, 12, 31, 16, tzinfo=UTC)
    assert local_moment(end, CHINA, ends=True) == LocalMoment(date(2020, 12, 31), "24:00")
    assert local_moment(datetime(2020, 2, 29, 16, tzinfo=UTC), CHINA, ends=True).day == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("minutes", "said"), [(-1, "23:59"), (1, "00:01"), (8 * 60 + 5, "08:05"), (12 * 60, "12:00")]
)
def test_only_midnight_itself_is_24_00(minutes: int, said: str) -> None:
    moment = BELL + timedelta(minutes=minutes)
    assert local_moment(moment, CHINA, ends=True).time == local_moment(moment, CHINA).time == said


@given(instants, zones)
def test_a_moment_is_the_wall_clocks_of_its_zone(moment: datetime, zone: str) -> None:
    """Said with ``ends`` or not, it is the same minute."""
    starts, ends = local_moment(moment, zone), local_moment(moment, zone, ends=True)
    if ends.time == "24:00":
        assert (starts.day, starts.time) == (ends.day + timedelta(days=1), "00:00")
    else:
        assert ends == starts
        assert ends.time != "00:00"
