"""A window that closes with figures missing is warned of in its last three days, until they are there or it is too late."""

from datetime import datetime
from typing import Any

import pytest

from shared.contracts.window import MissingFigure, WindowClosed, WindowClosing, WindowFact, WindowFilled, WindowRescheduled
from shared.kit.clock import SHANGHAI
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

WINDOW: dict[str, Any] = {
    "region": "620200",
    "table": "204-1-industry",
    "table_name": "工业产销（204-1）",
    "period": "2022-M06",
    "opens_at": datetime(2022, 7, 1, tzinfo=SHANGHAI),
    "closes_at": datetime(2022, 7, 8, 12, tzinfo=SHANGHAI),
}
LACK = MissingFigure(region="620200", indicator="E02", indicator_name="规上工业增速", why="missing", lead_department="市工信局")


def closing(days_left: int, *missing: MissingFigure) -> WindowClosing:
    return WindowClosing.model_validate({**WINDOW, "days_left": days_left, "missing": missing})


ENDS = [
    WindowFilled.model_validate(WINDOW),
    WindowClosed.model_validate({**WINDOW, "missing": (LACK,)}),
    WindowRescheduled.model_validate({**WINDOW, "previous_closes_at": None, "document": "甘统字〔2022〕18号"}),
    closing(1),
]


@pytest.mark.parametrize("end", ENDS)
async def test_figures_missing_in_the_last_days_are_warned_of_until_the_end(
    facts: FactTeller, alerts: AlertsApi, end: WindowFact
) -> None:
    await facts.tell(closing(7, LACK))
    assert await alerts.all() == []
    await facts.tell(closing(3, LACK))
    alert = await alerts.only()
    assert (alert["rule"], alert["level"], alert["period"]) == ("window.closing", "yellow", "2022-M06")
    assert alert["reason"].endswith("将于2022年7月8日12:00关网，不足3天，尚缺1项：规上工业增速·市工信局")
    await facts.tell(closing(1, LACK))
    assert (await alerts.only())["level"] == "orange"
    await facts.tell(end)
    assert (await alerts.only())["state"] == "closed"


async def test_a_window_that_is_complete_raises_nothing(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(closing(3), closing(1))
    assert await alerts.all() == []
