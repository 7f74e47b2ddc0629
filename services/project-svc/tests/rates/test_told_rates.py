"""The rates that the others are told of: at the end of a month, once, and again only when they change."""

from datetime import date, timedelta
from typing import Any

import pytest

from project_svc.rates.rules import last_month_ended
from project_svc.rates.service import tell_rates
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.outbox import facts_of
from shared.testing.projects_api import ProjectsApi, a_start

HOME = "620200"


async def told(runtime: Runtime) -> list[dict[str, Any]]:
    return [fact for fact in await facts_of(runtime.database) if fact["fact"] == "rates-computed"]


@pytest.mark.parametrize(
    ("today", "month"),
    [("2022-07-01", "2022-M06"), ("2022-06-30", "2022-M05"), ("2022-01-31", "2021-M12")],
)
def test_the_newest_month_that_is_over_is_the_one_before_this(today: str, month: str) -> None:
    assert str(last_month_ended(date.fromisoformat(today))) == month


async def test_rates_are_told_once_and_again_when_they_change(api: ProjectsApi, runtime: Runtime) -> None:
    await api.project(start=a_start("2022-04-10"))
    assert [await tell_rates(runtime.database, HOME) for _ in range(2)] == [True, False]
    await api.project(2)
    assert [await tell_rates(runtime.database, HOME) for _ in range(2)] == [True, False]
    facts = await told(runtime)
    assert [(each["period"], each["new_started"], each["new_projects"]) for each in facts] == [
        ("2022-M06", 1, 1),
        ("2022-M06", 1, 2),
    ]


async def test_nothing_is_told_of_a_region_without_projects(api: ProjectsApi, runtime: Runtime) -> None:
    await api.project()
    assert not await tell_rates(runtime.database, "620900")
    assert await told(runtime) == []


async def test_the_next_month_is_told_although_nothing_moved(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    await api.project(start=a_start("2022-04-10"))
    await tell_rates(runtime.database, HOME)
    clock.advance(timedelta(days=31))
    await tell_rates(runtime.database, HOME)
    assert [each["period"] for each in await told(runtime)] == ["2022-M06", "2022-M07"]
