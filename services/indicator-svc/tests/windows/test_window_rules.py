"""Windows: exact openings and closings, month ends, holidays, the merged January–February, marks, and what counts as missing."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from indicator_svc.observations.rules import Availability, Figure, Provenance
from indicator_svc.windows.rules import DayRule, Lack, Mark, Window, WindowState, default_window, lack_of, mark_to_tell
from indicator_svc.windows.service import tables_on
from shared.kit.clock import SHANGHAI
from shared.kit.decimals import UnknownReason
from shared.kit.periods import Period

MOMENT = timedelta(microseconds=1)
TABLES = {table.code: table for table in tables_on(date(2022, 7, 1))}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def window(table: str = "204-1-industry", period: str = "2022-M06") -> Window:
    found = default_window(TABLES[table], Period.parse(period))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("table", "period", "opens", "closes"),
    [
        ("204-1-industry", "2022-M06", "2022-07-01T00:00", "2022-07-08T12:00"),
        ("204-1-trade", "2022-M02", "2022-03-01T00:00", "2022-03-08T12:00"),
        ("206-1", "2022-M09", "2022-10-01T00:00", "2022-10-08T12:00"),
        ("206-1", "2022-M12", "2023-01-01T00:00", "2023-01-08T12:00"),
        ("206-2", "2022-M06", "2022-06-01T00:00", "2022-06-26T00:00"),
        ("206-2", "2022-M02", "2022-02-01T00:00", "2022-02-26T00:00"),
        ("206-new", "2022-M06", "2022-07-01T00:00", "2022-07-11T00:00"),
        ("202-1", "2022-Q1", "2022-04-01T00:00", "2022-04-08T12:00"),
        ("202-1", "2022-Q2", "2022-07-01T00:00", "2022-07-05T12:00"),
        ("202-1", "2022-Q3", "2022-10-01T00:00", "2022-10-10T12:00"),
        ("205-5", "2022-Q3", "2022-10-01T00:00", "2022-10-14T12:00"),
        ("205-5", "2022-Q4", "2023-01-01T00:00", "2023-01-10T12:00"),
    ],
)
def test_a_default_window_opens_and_closes_as_the_table_says(table: str, period: str, opens: str, closes: str) -> None:
    found = window(table, period)
    assert (found.opens_at, found.closes_at) == (at(opens), at(closes))


def test_a_quarter_of_which_no_rule_was_seen_has_no_window_by_default() -> None:
    assert default_window(TABLES["202-1"], Period.parse("2022-Q4")) is None


def test_monthly_tables_begin_with_january_and_february_together() -> None:
    assert [str(period) for period in TABLES["206-1"].periods(2022)][:2] == ["2022-M02", "2022-M03"]
    assert not TABLES["206-1"].has(Period.parse("2022-M01"))
    assert not TABLES["206-1"].has(Period.parse("2022-Q1"))


@pytest.mark.parametrize(
    ("period", "end"),
    [("2022-M02", "2022-03-01"), ("2024-M02", "2024-03-01"), ("2022-M04", "2022-05-01"), ("2022-M12", "2023-01-01")],
)
def test_the_end_of_a_short_month_is_its_last_day(period: str, end: str) -> None:
    assert DayRule(0, 31, "24:00").instant(Period.parse(period)) == at(f"{end}T00:00")


def test_a_window_is_open_from_its_opening_up_to_but_not_at_its_close() -> None:
    found = window()
    moments = (found.opens_at - MOMENT, found.opens_at, found.closes_at - MOMENT, found.closes_at)
    states = [WindowState.UPCOMING, WindowState.OPEN, WindowState.OPEN, WindowState.CLOSED]
    assert [found.state(moment) for moment in moments] == states


@pytest.mark.parametrize(
    ("moment", "mark"),
    [
        ("2022-10-03T11:59:59", None),
        ("2022-10-03T12:00", Mark.SEVEN_DAYS),
        ("2022-10-07T11:59:59", Mark.SEVEN_DAYS),
        ("2022-10-07T12:00", Mark.THREE_DAYS),
        ("2022-10-09T12:00", Mark.ONE_DAY),
        ("2022-10-10T11:59:59", Mark.ONE_DAY),
        ("2022-10-10T12:00", Mark.CLOSED),
    ],
)
def test_marks_come_to_the_moment_also_over_national_day(moment: str, mark: Mark | None) -> None:
    assert window("202-1", "2022-Q3").standing_mark(at(moment)) is mark


@pytest.mark.parametrize(
    ("moment", "told", "mark"),
    [
        ("2022-07-05T12:00", [], Mark.THREE_DAYS),  # T-7 was slept through: it is not told after the fact
        ("2022-07-05T12:00", [Mark.SEVEN_DAYS], Mark.THREE_DAYS),
        ("2022-07-05T12:00", [Mark.THREE_DAYS], None),
        ("2022-07-02T12:00", [Mark.ONE_DAY], None),  # the clock went back
        ("2022-07-09T12:00", [Mark.SEVEN_DAYS], Mark.CLOSED),
        ("2022-06-30T12:00", [], None),
    ],
)
def test_the_last_mark_that_came_is_told_once(moment: str, told: list[Mark], mark: Mark | None) -> None:
    assert mark_to_tell(window(), at(moment), told) is mark


@pytest.mark.parametrize(
    ("figure", "lack"),
    [
        (Figure("2022-M06", Decimal("6.4"), Availability.KNOWN), None),
        (Figure("2022-M06", None, Availability.UNKNOWN, UnknownReason.MASKED), None),
        (Figure("2022-M06", None, Availability.UNKNOWN, UnknownReason.NOT_PUBLISHED), None),
        (Figure("2022-M06", None, Availability.UNKNOWN, UnknownReason.WITHDRAWN), Lack.WITHDRAWN),
        (Figure("2022-M06", None, Availability.HELD), Lack.HELD),
        (Figure("2022-M06", None, Availability.MISSING), Lack.MISSING),
        (Figure("2022-M06", Decimal(1), Availability.KNOWN, provenance=Provenance.PROVISIONAL), Lack.PROVISIONAL),
    ],
)
def test_what_was_said_to_be_unknown_is_not_missing_and_a_stand_in_is(figure: Figure, lack: Lack | None) -> None:
    assert lack_of(figure) is lack
