"""Permits: until when one is good, what an extension may do, and each lapse told once."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from project_svc.network.days import DayUnit
from project_svc.permits.rules import (
    Ahead,
    ExtensionAsked,
    ExtensionFault,
    Lapse,
    PermitType,
    extension_fault,
    lapse_to_record,
    last_day,
    validity_of,
)
from project_svc.permits.service import sweep
from project_svc.permits.shipped import validities
from shared.kit.calendar import WorkingCalendar
from shared.kit.runtime import Runtime
from shared.testing.clock import FakeClock
from shared.testing.http import is_problem, post
from shared.testing.outbox import facts_of
from shared.testing.projects_api import PERMITS, ProjectsApi

UNKNOWN = "01900000-0000-7000-8000-000000000000"
ISSUED = date(2014, 2, 1)


def last(kind: PermitType, issued_on: date, *extensions: int) -> date | None:
    return last_day(validity_of(validities(), kind, issued_on), issued_on, extensions)


# --- validity ------------------------------------------------------------------------------------------------------------


def test_a_construction_permit_with_both_extensions_is_good_for_nine_months() -> None:
    assert last(PermitType.CONSTRUCTION_PERMIT, ISSUED, 3, 3) == date(2014, 11, 1)


@pytest.mark.parametrize(
    ("kind", "issued_on", "extensions", "expected"),
    [
        (PermitType.CONSTRUCTION_PERMIT, ISSUED, (), date(2014, 5, 1)),
        (PermitType.CONSTRUCTION_PERMIT, date(2021, 11, 30), (), date(2022, 2, 28)),
        (PermitType.START_REPORT, ISSUED, (), date(2014, 8, 1)),
        (PermitType.APPROVAL, date(2020, 3, 10), (), date(2022, 3, 10)),
        (PermitType.APPROVAL, date(2020, 3, 10), (12,), date(2023, 3, 10)),
        (PermitType.LAND_PRELIMINARY, date(2020, 2, 29), (), date(2023, 2, 28)),
        (PermitType.ENVIRONMENTAL_REVIEW, date(2018, 6, 1), (), date(2023, 6, 1)),
        (PermitType.ENERGY_REVIEW, date(2021, 6, 1), (), date(2023, 6, 1)),
        (PermitType.RECORD_FILING, date(2021, 6, 1), (), None),
    ],
)
def test_each_permit_is_good_for_as_long_as_its_document_says(
    kind: PermitType, issued_on: date, extensions: tuple[int, ...], expected: date | None
) -> None:
    assert last(kind, issued_on, *extensions) == expected


def test_every_permit_has_a_rule_with_its_clause() -> None:
    assert {rule.type for rule in validities()} == set(PermitType)
    assert all("《" in rule.clause or "号" in rule.clause for rule in validities())


@pytest.mark.parametrize(
    ("kind", "granted", "months", "applied_on", "expected"),
    [
        (PermitType.CONSTRUCTION_PERMIT, 0, 3, date(2014, 5, 1), None),
        (PermitType.CONSTRUCTION_PERMIT, 1, 1, date(2014, 5, 1), None),
        (PermitType.CONSTRUCTION_PERMIT, 2, 1, date(2014, 5, 1), ExtensionFault.TOO_MANY),
        (PermitType.CONSTRUCTION_PERMIT, 0, 4, date(2014, 5, 1), ExtensionFault.TOO_LONG),
        (PermitType.CONSTRUCTION_PERMIT, 0, 3, date(2014, 5, 2), ExtensionFault.AFTER_EXPIRY),
        (PermitType.START_REPORT, 0, 1, date(2014, 5, 1), ExtensionFault.NONE_ALLOWED),
        (PermitType.APPROVAL, 0, 12, date(2014, 5, 1), None),
        (PermitType.APPROVAL, 1, 1, date(2014, 5, 1), ExtensionFault.TOO_MANY),
        (PermitType.APPROVAL, 0, 13, date(2014, 5, 1), ExtensionFault.TOO_LONG),
    ],
)
def test_an_extension_keeps_to_number_length_and_time(
    kind: PermitType, granted: int, months: int, applied_on: date, expected: ExtensionFault | None
) -> None:
    rule = validity_of(validities(), kind, ISSUED)
    assert extension_fault(rule, granted, ExtensionAsked(months, applied_on, date(2014, 5, 1))) is expected


def test_what_has_no_limit_is_not_extended() -> None:
    rule = validity_of(validities(), PermitType.RECORD_FILING, ISSUED)
    assert extension_fault(rule, 0, ExtensionAsked(1, ISSUED, None)) is ExtensionFault.NO_LIMIT


def test_days_ahead_are_counted_as_their_document_counts() -> None:
    ahead = Ahead(30, DayUnit.WORKING).of(date(2022, 3, 10), WorkingCalendar())
    assert ahead == date(2022, 1, 24)  # 23 in February and March, the make-up weekend of 29 and 30 January, 24 to 28 January
    assert Ahead(30, DayUnit.CALENDAR).of(date(2022, 3, 10), WorkingCalendar()) == date(2022, 2, 8)


@pytest.mark.parametrize(
    ("recorded", "today", "expected"),
    [
        (Lapse.NOT_YET, date(2022, 8, 31), None),
        (Lapse.NOT_YET, date(2022, 9, 1), Lapse.EXPIRES_SOON),
        (Lapse.EXPIRES_SOON, date(2022, 10, 1), None),
        (Lapse.EXPIRES_SOON, date(2022, 10, 2), Lapse.EXPIRED),
        (Lapse.NOT_YET, date(2023, 10, 2), Lapse.EXPIRED),
        (Lapse.EXPIRED, date(2022, 9, 1), None),
    ],
)
def test_the_last_day_is_still_good_and_a_missed_notice_is_not_given(
    recorded: Lapse, today: date, expected: Lapse | None
) -> None:
    assert lapse_to_record(date(2022, 10, 1), date(2022, 9, 1), recorded, today) is expected


# --- over HTTP -----------------------------------------------------------------------------------------------------------


async def a_permit(
    api: ProjectsApi, issued_on: str = "2022-05-01", number: int = 1, kind: str = "new", **changes: Any
) -> dict[str, Any]:
    """A construction permit of a project of its own; issued on 1 May 2022 it is good until 1 August."""
    project = await api.project(number, kind=kind)
    body = {"project": project["id"], "type": "construction_permit", "number": "62020022", "issued_on": issued_on}
    return await api.made(PERMITS, {**body, **changes})


def an_extension(**changes: Any) -> dict[str, Any]:
    return {"applied_on": "2022-07-01", "months": 3, "document": "嘉建延〔2022〕1 号", **changes}


async def told(runtime: Runtime) -> list[str]:
    return [each["fact"] for each in await facts_of(runtime.database)]


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


async def test_a_permit_shows_its_last_day_and_moves_it_by_an_extension(api: ProjectsApi) -> None:
    permit = await a_permit(api)
    assert (permit["expires_on"], permit["notice_on"], permit["state_label"]) == ("2022-08-01", "2022-07-02", "有效待用")
    extended = await api.made(f"{PERMITS}/{permit['id']}/extensions", an_extension())
    assert (extended["expires_on"], len(extended["extensions"])) == ("2022-11-01", 1)
    seen = await api.seen(PERMITS, project=permit["project"], expires_before="2022-11-02")
    assert [each["id"] for each in seen["items"]] == [permit["id"]]
    assert (await api.seen(f"{PERMITS}/{permit['id']}"))["version"] == 2


async def test_an_approval_names_the_last_day_to_apply(api: ProjectsApi) -> None:
    permit = await a_permit(api, "2020-09-30", type="approval")
    assert (permit["expires_on"], permit["apply_by"]) == ("2022-09-30", "2022-08-18")


async def test_the_rules_are_shown_with_their_clauses(api: ProjectsApi) -> None:
    rules = (await api.seen("/api/project/v1/permit-validities"))["items"]
    own = next(each for each in rules if each["type"] == "construction_permit")
    assert (own["months"], own["most_extensions"], own["extension_months"]) == (3, 2, 3)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"applied_on": "2022-07-02"}, 422, "permit.day-in-future"),
        ({"months": 4}, 409, "permit.extension-refused"),
        ({"months": 0}, 422, "validation.failed"),
    ],
)
async def test_an_extension_that_is_not_allowed_is_refused(
    api: ProjectsApi, changes: dict[str, Any], status: int, code: str
) -> None:
    permit = await a_permit(api)
    refused = await post(api.client, f"{PERMITS}/{permit['id']}/extensions", an_extension(**changes))
    is_problem(refused, status, code)


@pytest.mark.parametrize("act", ["extensions", "withdrawals"])
@pytest.mark.parametrize("end", ["withdrawn", "used"])
async def test_a_permit_that_is_not_in_force_moves_no_more(api: ProjectsApi, runtime: Runtime, act: str, end: str) -> None:
    permit = await a_permit(api, kind="new" if end == "withdrawn" else "continuing")
    withdrawal = {"withdrawn_on": "2022-07-01", "reason": "换发"}
    if end == "withdrawn":
        await api.made(f"{PERMITS}/{permit['id']}/withdrawals", withdrawal)
    else:
        await sweep(runtime.database, 10)
    body = an_extension() if act == "extensions" else withdrawal
    is_problem(await post(api.client, f"{PERMITS}/{permit['id']}/{act}", body), 409, "permit.not-in-force")
    assert (await api.seen(f"{PERMITS}/{permit['id']}"))["state"] == end


async def test_what_cannot_be_registered_is_refused(api: ProjectsApi, client: httpx.AsyncClient) -> None:
    permit = await a_permit(api)
    body = {"project": permit["project"], "type": "construction_permit", "number": "62020022", "issued_on": "2022-05-01"}
    is_problem(await post(client, PERMITS, body), 409, "permit.already-held")
    is_problem(await post(client, PERMITS, {**body, "number": "2", "issued_on": "2022-07-02"}), 422, "permit.day-in-future")
    is_problem(await post(client, PERMITS, {**body, "project": UNKNOWN}), 404, "project.unknown")
    is_problem(await client.get(f"{PERMITS}/{UNKNOWN}"), 404, "permit.unknown")
    is_problem(await client.get(PERMITS, params={"type": "visa"}), 422, "validation.failed")


# --- the sweep -----------------------------------------------------------------------------------------------------------


async def test_a_lapse_is_told_twice_each_on_its_day(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    await a_permit(api)
    days: dict[str, list[str]] = {}
    for _day in range(40):
        before = len(await told(runtime))
        await sweep(runtime.database, 10)
        if new := (await told(runtime))[before:]:
            days[clock.today().isoformat()] = new
        clock.advance(timedelta(days=1))
    assert days == {"2022-07-02": ["permit-expires-soon"], "2022-08-02": ["permit-expired"]}


async def test_a_late_start_and_a_jumping_clock_tell_the_lapse_once(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    await a_permit(api)
    for day in ("2022-12-01", "2022-07-15", "2022-08-02", "2022-12-02"):
        clock.set(on(day))
        await sweep(runtime.database, 10)
    assert await told(runtime) == ["permit-expired"]


async def test_an_extension_ends_the_warning_and_watches_the_new_last_day(
    api: ProjectsApi, runtime: Runtime, clock: FakeClock
) -> None:
    permit = await a_permit(api)
    clock.set(on("2022-07-10"))
    await sweep(runtime.database, 10)
    await api.made(f"{PERMITS}/{permit['id']}/extensions", an_extension())
    await sweep(runtime.database, 10)
    clock.set(on("2022-11-02"))
    await sweep(runtime.database, 10)
    facts = [(each["fact"], each["expires_on"]) for each in await facts_of(runtime.database)]
    assert facts == [
        ("permit-expires-soon", "2022-08-01"),
        ("permit-settled", "2022-08-01"),
        ("permit-expired", "2022-11-01"),
    ]


async def test_sweeps_at_once_tell_each_permit_once(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    for number in range(1, 13):
        await a_permit(api, number=number)
    clock.set(on("2022-09-01"))
    found = await asyncio.gather(*(sweep(runtime.database, 2) for _ in range(3)))
    assert sum(found, Counter[Lapse]()) == {Lapse.EXPIRED: 12}
    assert len({each["permit_id"] for each in await facts_of(runtime.database)}) == 12


async def test_a_permit_without_a_limit_is_never_warned_of(api: ProjectsApi, runtime: Runtime, clock: FakeClock) -> None:
    permit = await a_permit(api, type="record_filing")
    clock.set(on("2023-05-01"))
    assert (permit["expires_on"], await sweep(runtime.database, 10)) == (None, Counter())
