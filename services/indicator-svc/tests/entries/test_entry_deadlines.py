"""The sweep over windows, stages and blockers: each crossing told once."""

import asyncio
from datetime import datetime

from indicator_svc.entries.service import watch_deadlines
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.entries_api import applied, moved, registered
from shared.testing.http import is_problem, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.outbox import facts_of


async def sweeps_of(runtime: Runtime, clock: FakeClock, *days: str) -> dict[str, list[str]]:
    """Day → the crossings that the sweep of that day told."""
    told: dict[str, list[str]] = {}
    for day in days:
        clock.set(datetime.fromisoformat(f"{day}T09:00:00+08:00"))
        before = len(await facts_of(runtime.database))
        await watch_deadlines(runtime.database)
        told[day] = [each["fact"] for each in (await facts_of(runtime.database))[before:]]
    return told


async def test_a_window_that_closes_is_told_before_and_after_each_once(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await registered(api)
    await moved(api, path, "qualify")
    told = await sweeps_of(runtime, clock, "2022-07-05", "2022-07-06", "2022-07-07", "2022-07-10", "2022-07-11", "2022-07-09")
    assert told == {
        "2022-07-05": [],
        "2022-07-06": ["entry-due-soon"],
        "2022-07-07": [],
        "2022-07-10": [],
        "2022-07-11": ["entry-fell-overdue"],
        "2022-07-09": [],
    }
    soon = next(each for each in await facts_of(runtime.database) if each["fact"] == "entry-due-soon")
    assert (soon["due_on"], soon["dossier"], soon["step"], soon["working_days_left"]) == ("2022-07-10", "incomplete", "apply", 2)
    assert len(soon["missing"]) == 5


async def test_a_stage_that_takes_too_long_is_told_and_ends_with_the_next_move(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await applied(api)
    told = await sweeps_of(runtime, clock, "2022-07-01", "2022-07-06", "2022-07-07")
    assert told == {"2022-07-01": ["entry-due-soon"], "2022-07-06": ["entry-fell-overdue"], "2022-07-07": []}
    late = (await facts_of(runtime.database))[-1]
    assert (late["step"], late["due_on"], late["days_overdue"], late["missing"]) == ("city", "2022-07-05", 1, [])
    await moved(api, path, "approve")
    assert (await sweeps_of(runtime, clock, "2022-09-30"))["2022-09-30"] == []


async def test_a_blocker_names_its_department_and_is_told_when_missed_and_when_cleared(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await registered(api)
    body = {"description": "施工许可证未办结", "owner_department": "市住建局", "due_on": "2022-07-05"}
    blocker = await api.made(f"{path}/blockers", body)
    assert (await api.read(path))["blockers"][0]["owner_department"] == "市住建局"
    clock.set(datetime.fromisoformat("2022-07-06T09:00:00+08:00"))
    await asyncio.gather(*(watch_deadlines(runtime.database) for _ in range(3)))
    resolutions = f"{path}/blockers/{blocker['id']}/resolutions"
    early = {"resolved_on": "2022-07-07", "resolution": "已办结"}
    assert is_problem(await post(api.client, f"{API}/{resolutions}", early), 422, "entry.in-future")
    await api.made(resolutions, {"resolved_on": "2022-07-06", "resolution": "已办结"})
    again = await post(api.client, f"{API}/{resolutions}", {"resolved_on": "2022-07-06", "resolution": "x"})
    assert is_problem(again, 409, "entry.blocker-resolved")
    told = [each for each in await facts_of(runtime.database) if each["fact"].startswith("entry-blocker")]
    assert [(each["fact"], each["owner_department"]) for each in told] == [
        ("entry-blocker-fell-overdue", "市住建局"),
        ("entry-blocker-resolved", "市住建局"),
    ]
    assert told[0]["days_overdue"] == 1


async def test_a_sweep_does_not_change_what_a_user_is_about_to_change(
    api: IndicatorsApi, runtime: Runtime, clock: FakeClock
) -> None:
    path = await registered(api)
    await moved(api, path, "qualify")
    before = (await api.read(path))["version"]
    await sweeps_of(runtime, clock, "2022-07-11")
    assert (await api.read(path))["version"] == before
