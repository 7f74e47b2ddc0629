"""Verdicts and transitions, without a database."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from alert_svc.alerts.errors import AlertAlreadyAcknowledged, AlertIsClosed
from alert_svc.alerts.models import Alert, Commitment
from alert_svc.alerts.rules import (
    AlertState,
    Closes,
    ObjectRef,
    Reading,
    Responsible,
    Role,
    Standing,
    Verdict,
    judge,
    period_end,
    periods_closed,
)
from shared.contracts.facts import Fact, Level
from shared.kit.clock import SHANGHAI

AT = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)


def a_reading(
    level: Level = Level.YELLOW, *, period: str = "2022-M06", sequence: int = 5, closes: Closes = Closes.PERIOD
) -> Reading:
    return Reading(
        rule="indicator.low",
        rule_number=1,
        clause="依据",
        region="620200",
        object=ObjectRef("indicator", "indicator", "620200/E02", "规上工业增加值增速"),
        period=period,
        level=level,
        reason="低于目标",
        closes=closes,
        responsible=(Responsible(Role.LEAD_DEPARTMENT, "市工信局"),),
        sequence=sequence,
    )


class Notebook:
    """Takes facts as a unit of work does."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def record(self, fact: Fact) -> None:
        self.facts.append(fact)


@pytest.mark.parametrize(
    ("level", "sequence", "open_levels", "occurrences", "verdict"),
    [
        (Level.YELLOW, 5, {}, 0, Verdict.NEW),
        (Level.YELLOW, 5, {}, 1, Verdict.REOPENED),
        (Level.RED, 5, {"2022-M06": Level.YELLOW}, 1, Verdict.LEVEL_UP),
        (Level.BLUE, 5, {"2022-M06": Level.YELLOW}, 1, Verdict.LEVEL_DOWN),
        (Level.YELLOW, 5, {"2022-M06": Level.YELLOW}, 1, Verdict.UNCHANGED),
        (Level.YELLOW, 5, {"2022-M05": Level.YELLOW}, 0, Verdict.NEW),
        (Level.GREEN, 5, {"2022-M06": Level.YELLOW}, 1, Verdict.RECOVERED),
        (Level.GREEN, 5, {}, 1, Verdict.NOTHING_OPEN),
        (Level.GREEN, 5, {"2022-M05": Level.YELLOW}, 0, Verdict.NOTHING_OPEN),
        (Level.RED, 4, {}, 0, Verdict.REPEATED),
        (Level.RED, 3, {}, 0, Verdict.OUT_OF_ORDER),
        (Level.GREEN, 4, {"2022-M06": Level.RED}, 1, Verdict.REPEATED),
        (Level.GREEN, 3, {"2022-M06": Level.RED}, 1, Verdict.OUT_OF_ORDER),
    ],
)
def test_every_reading_has_one_named_verdict(
    level: Level, sequence: int, open_levels: dict[str, Level], occurrences: int, verdict: Verdict
) -> None:
    assert judge(a_reading(level, sequence=sequence), Standing(4, open_levels, occurrences)) is verdict


@pytest.mark.parametrize(
    ("closes", "closed"),
    [
        (Closes.PERIOD, ["2022-M05"]),
        (Closes.UP_TO_PERIOD, ["2022-M04", "2022-M05"]),
        (Closes.EVERY_PERIOD, ["2022-M04", "2022-M05", "2022-M06"]),
    ],
)
def test_a_recovery_closes_as_far_as_its_rule_says(closes: Closes, closed: list[str]) -> None:
    reading = a_reading(Level.GREEN, period="2022-M05", closes=closes)
    assert periods_closed(reading, ["2022-M06", "2022-M04", "2022-M05"]) == closed


def test_a_reading_that_is_no_recovery_closes_nothing() -> None:
    assert periods_closed(a_reading(Level.BLUE, closes=Closes.EVERY_PERIOD), ["2022-M06"]) == []


@pytest.mark.parametrize(
    ("period", "end"),
    [("", date.min), ("2022-M02", date(2022, 2, 28)), ("2022-H1", date(2022, 6, 30)), ("2022-06-20", date(2022, 6, 20))],
)
def test_a_period_is_a_statistical_one_a_day_or_none(period: str, end: date) -> None:
    assert period_end(period) == end


def an_alert(state: AlertState) -> Alert:
    alert = Alert.raised(a_reading(), 1, AT, Notebook())
    if state is AlertState.ACKNOWLEDGED:
        alert.acknowledge(Commitment("李某", "整改", None), AT, Notebook())
    if state is AlertState.CLOSED:
        alert.close(Verdict.RECOVERED, "恢复", AT, Notebook())
    return alert


@pytest.mark.parametrize(
    ("state", "act", "error"),
    [
        (AlertState.ACKNOWLEDGED, "acknowledge", AlertAlreadyAcknowledged),
        (AlertState.CLOSED, "acknowledge", AlertIsClosed),
        (AlertState.CLOSED, "move", AlertIsClosed),
        (AlertState.CLOSED, "refresh", AlertIsClosed),
        (AlertState.CLOSED, "close", AlertIsClosed),
    ],
)
def test_an_illegal_move_raises_and_reports_nothing(state: AlertState, act: str, error: type[Exception]) -> None:
    alert, notebook = an_alert(state), Notebook()
    acts: dict[str, Callable[[], object]] = {
        "acknowledge": lambda: alert.acknowledge(Commitment("李某", "整改", None), AT, notebook),
        "move": lambda: alert.move(a_reading(Level.RED), AT, notebook),
        "refresh": lambda: alert.refresh(a_reading()),
        "close": lambda: alert.close(Verdict.RECOVERED, "恢复", AT, notebook),
    }
    with pytest.raises(error):
        acts[act]()
    assert notebook.facts == []
    assert alert.state == state


@pytest.mark.parametrize("state", [AlertState.OPEN, AlertState.ACKNOWLEDGED])
def test_what_is_not_closed_can_move_and_close(state: AlertState) -> None:
    alert, notebook = an_alert(state), Notebook()
    assert alert.move(a_reading(Level.RED), AT, notebook) is Level.YELLOW
    alert.close(Verdict.RECOVERED, "恢复", AT, notebook)
    assert [type(fact).__name__ for fact in notebook.facts] == ["AlertLevelChanged", "AlertClosed"]
