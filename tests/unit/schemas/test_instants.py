"""Instants, days and periods: only those that exist, in one spelling."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError
from schemas.instants import (
    INSTANT_MAX,
    count_days,
    derive_day,
    derive_day_number,
    derive_period_end,
    derive_period_start,
    derive_year,
    is_date,
    parse_date,
    parse_instant,
    render_instant,
)

EIGHT_HOURS = 8 * 3600


@given(st.integers(0, INSTANT_MAX))
def test_an_instant_survives_writing_and_reading(at: int) -> None:
    assert parse_instant(render_instant(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.0Z",
        "2026-01-01T00:00:00Z\n",
        "２026-01-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_instant(text)
    assert caught.value.code == "I21"


@pytest.mark.parametrize(
    "text",
    ["", "2026-1-1", "20260101", "2026-02-30", "2023-02-29", "2026-00-01", "2026-01-01 ", "２026-01-01", "0000-01-01"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_date(text)
    assert caught.value.code == "I22"


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day.isoformat()


@given(st.integers(0, INSTANT_MAX - EIGHT_HOURS))
def test_the_day_is_chinas_and_the_year_is_utcs(at: int) -> None:
    assert derive_day(at) == datetime.fromtimestamp(at + EIGHT_HOURS, UTC).date().isoformat()
    assert derive_year(at) == int(render_instant(at)[:4])


def test_a_day_in_china_begins_eight_hours_before_utc() -> None:
    at = parse_instant("2026-11-04T16:00:00Z")
    assert (derive_day(at - 1), derive_day(at)) == ("2026-11-04", "2026-11-05")


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("2026", "2026-01-01"),
        ("2026-01", "2026-01-01"),
        ("2026-12", "2026-12-01"),
        ("2026Q1", "2026-01-01"),
        ("2026Q2", "2026-04-01"),
        ("2026Q4", "2026-10-01"),
        ("2026H1", "2026-01-01"),
        ("2026H2", "2026-07-01"),
    ],
)
def test_a_period_starts_on_its_first_day(period: str, start: str) -> None:
    assert derive_period_start(period) == start


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2026", "2026-12-31"),
        ("2026-01", "2026-01-31"),
        ("2026-02", "2026-02-28"),
        ("2028-02", "2028-02-29"),
        ("2026-04", "2026-04-30"),
        ("2026-11", "2026-11-30"),
        ("2026-12", "2026-12-31"),
        ("2026Q1", "2026-03-31"),
        ("2026Q2", "2026-06-30"),
        ("2026Q3", "2026-09-30"),
        ("2026Q4", "2026-12-31"),
        ("2026H1", "2026-06-30"),
        ("2026H2", "2026-12-31"),
    ],
)
def test_a_period_ends_on_its_last_day(period: str, end: str) -> None:
    assert derive_period_end(period) == end


@given(st.integers(0, INSTANT_MAX - EIGHT_HOURS), st.integers(0, INSTANT_MAX - EIGHT_HOURS))
def test_days_are_counted_alike_by_their_number_and_by_the_calendar(one: int, other: int) -> None:
    assert derive_day_number(other) - derive_day_number(one) == count_days(derive_day(one), derive_day(other))


def test_the_number_of_a_day_changes_at_chinas_midnight() -> None:
    at = parse_instant("2026-11-04T16:00:00Z")
    assert derive_day_number(at - 1) + 1 == derive_day_number(at) == derive_day_number(at + 86_399)


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        ("2026-11-01", "2026-11-01", 0),
        ("2026-11-01", "2026-11-02", 1),
        ("2026-11-02", "2026-11-01", -1),
        ("2028-02-28", "2028-03-01", 2),
        ("2026-12-31", "2027-12-31", 365),
    ],
)
def test_days_from_one_date_to_another_are_counted(before: str, after: str, days: int) -> None:
    assert count_days(before, after) == days


@pytest.mark.parametrize(
    ("text", "known"), [("2028-02-29", True), ("2026-02-29", False), ("2026-1-1", False), ("", False)]
)
def test_a_date_is_one_that_the_calendar_has(text: str, known: object) -> None:
    assert is_date(text) is known
