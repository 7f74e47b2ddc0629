"""What was set aside can be found, looked into and given up, and everything that was done to it is kept."""

import json

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from shared.kit.backbone import inbox_key, operator_act
from shared.kit.bus import TP, InRecord
from shared.kit.inbox import Outcome, Reason
from shared.kit.runtime import Runtime
from shared.testing.backbone import a_record
from shared.testing.http import a_client, is_problem, post
from shared.testing.junk import UNREADABLE
from shared.testing.parked import API, BAD, Desk, subject_of
from shared.testing.sample.app import create_app

EVENTS = f"{API}/parked-events"


async def test_a_list_says_who_waits_for_whom_and_what_may_be_done(desk: Desk) -> None:
    await desk.poison(behind=1)
    cause, behind = await desk.listed()
    assert (cause["subject"], cause["sequence"], cause["role"], cause["error"]) == (subject_of("m-1"), 1, "cause", "坏数据")
    assert (behind["role"], behind["error_class"]) == ("behind", "Blocked")
    assert (cause["topic"], cause["partition"], cause["offset"]) == ("diaodu.project.v1", 0, 1)
    assert cause["type"].endswith("milestone-withdrawn.v1")
    assert (cause["may"]["drop"]["allowed"], behind["may"]["drop"]["allowed"]) == (True, False)
    assert "只能丢弃对象所等待的那一条" in behind["may"]["drop"]["reason"]


async def test_every_filter_finds_what_it_names(desk: Desk) -> None:
    await desk.poison("m-1", behind=1)
    await desk.poison("m-2")
    await desk.inbox.take(a_record(1, milestone="m-3"))
    await desk.inbox.take(a_record(3, milestone="m-3"))
    await desk.redrive("m-2")
    kind = (await desk.listed())[0]["type"]

    async def numbers(**filters: str) -> list[tuple[str, int]]:
        return [(row["subject"].rpartition("/")[2], row["sequence"]) for row in await desk.listed(**filters)]

    assert await numbers(state="parked") == [("m-1", 1), ("m-1", 2), ("m-3", 3)]
    assert await numbers(role="cause") == [("m-1", 1), ("m-3", 3)]
    assert await numbers(role="behind") == [("m-1", 2)]
    assert await numbers(state="resolved") == [("m-2", 1)]
    assert await numbers(error_class="Gap") == [("m-3", 3)]
    assert await numbers(subject=subject_of("m-1"), error_class="Blocked") == [("m-1", 2)]
    assert len(await numbers(type=kind, source="/project-svc")) == 4
    assert await numbers(type=kind[:-1]) == []
    assert len(await numbers(since="2022-07-01T09:00:00+08:00")) == 4
    assert await numbers(until="2022-07-01T09:00:00+08:00") == []


async def test_a_list_is_cut_into_pages(desk: Desk) -> None:
    for number in range(5):
        await desk.poison(f"m-{number}")
    first = (await desk.client.get(EVENTS, params={"limit": 3, "count": "true", "sort": "subject"})).json()
    assert (len(first["items"]), first["total"]) == (3, 5)
    rest = await desk.client.get(EVENTS, params={"limit": 3, "cursor": first["next_cursor"], "count": "true", "sort": "subject"})
    assert [row["subject"][-1] for row in (*first["items"], *rest.json()["items"])] == ["0", "1", "2", "3", "4"]


async def test_one_event_is_shown_with_its_headers_and_its_content(desk: Desk) -> None:
    await desk.poison()
    shown = (await desk.client.get(f"{EVENTS}/{await desk.number_of(1)}")).json()
    assert shown["payload"]["encoding"] == "json"
    assert shown["payload"]["json"]["milestone_id"] == "m-1"
    assert {"name": "ce_sequence", "encoding": "text", "value": "1"} in shown["headers"]
    assert shown["acts"] == []


@pytest.mark.parametrize("flaw", UNREADABLE)
async def test_whatever_is_in_a_record_it_can_be_shown_retried_and_dropped(desk: Desk, flaw: str) -> None:
    headers, value = UNREADABLE[flaw]
    broken = InRecord(TP("diaodu.project.v1", 3), 17, b"k\0\xff" + b"k" * 1000, headers, value, a_record(1).timestamp)
    await desk.inbox.park(broken, Reason("MalformedEnvelope", "a NUL: \0", 3))
    [row] = await desk.listed()
    shown = await desk.client.get(f"{EVENTS}/{row['id']}")
    assert shown.status_code == 200, shown.text
    assert (row["role"], shown.json()["payload"]["encoding"] in {"json", "base64"}) == ("cause", True)
    answer = await post(desk.client, f"{EVENTS}/{row['id']}/redrives", {})
    assert answer.json()["results"][0]["problem"]["code"] == "parked.unreadable"
    assert (await desk.drop(row["id"])).json()["state"] == "dropped"
    assert await desk.listed(state="parked") == []


async def test_a_dropped_event_never_takes_effect_and_the_rest_goes_on_when_it_is_retried(desk: Desk) -> None:
    await desk.poison("m-bad", behind=2)
    desk.effects.bad.add("m-bad")
    dropped = await desk.drop(await desk.number_of(1), "对方确认为误报")
    assert dropped.status_code == 200, dropped.text
    assert dropped.json()["resolved_by"].startswith("值班员#")
    assert await desk.states() == [(1, "dropped"), (2, "parked"), (3, "parked")]
    assert not await desk.is_open("m-bad")
    desk.effects.bad.clear()
    [result] = await desk.redrive("m-bad")
    assert (result["taken"], result["left"]) == (2, 0)
    assert await desk.is_open("m-bad")
    assert await desk.inbox.take(a_record(1, milestone="m-bad", offset=9)) is Outcome.STALE
    assert await desk.inbox.take(a_record(4, milestone="m-bad")) is Outcome.HANDLED
    [act] = (await desk.client.get(f"{API}/operator-acts", params={"act": "drop"})).json()["items"]
    assert (act["reason"], act["detail"], act["sequence"]) == ("对方确认为误报", "Conflict: 坏数据", 1)


async def test_dropping_the_last_that_waits_opens_the_object(desk: Desk) -> None:
    await desk.poison()
    await desk.drop(await desk.number_of(1))
    assert await desk.is_open()
    assert await desk.inbox.take(a_record(2)) is Outcome.HANDLED


async def test_only_what_an_object_waits_for_can_be_dropped(desk: Desk) -> None:
    await desk.poison(behind=1)
    problem = is_problem(await desk.drop(await desk.number_of(2)), 409, "parked.not-first")
    assert "只能先处理或丢弃" in problem["detail"]
    await desk.redrive("m-1")
    is_problem(await desk.drop(await desk.number_of(1)), 409, "parked.settled")
    is_problem(await desk.drop(999), 404, "parked.not-found")


async def test_dropping_behind_a_gap_gives_up_what_is_missing_too_and_has_to_say_so(desk: Desk) -> None:
    await desk.inbox.take(a_record(1))
    await desk.inbox.take(a_record(3))
    number = await desk.number_of(3)
    is_problem(await desk.drop(number), 409, "parked.gap")
    assert (await desk.drop(number, accept_gap=True)).status_code == 200
    assert await desk.acts() == [("accept_gap", "accepted", 3), ("drop", "dropped", 3)]
    async with desk.database.reading() as view:
        assert await view.session.scalar(select(inbox_key.c.last_sequence)) == 3


@pytest.mark.parametrize("reason", [None, "", "  ", 7, "x" * 4_001])
async def test_a_drop_without_a_reason_is_refused_and_leaves_everything(desk: Desk, reason: object) -> None:
    await desk.poison()
    number = await desk.number_of(1)
    answer = await post(desk.client, f"{EVENTS}/{number}/drops", {} if reason is None else {"reason": reason})
    assert is_problem(answer, 422, "validation.failed")["errors"][0]["pointer"] == "/reason"
    assert (await desk.states(), await desk.acts()) == ([(1, "parked")], [])


@pytest.mark.parametrize("query", ["state=lost", "role=x", "sort=nonsense", "since=yesterday", "type=a%20b", "unheard_of=1"])
async def test_a_list_is_asked_for_in_words_that_it_knows(desk: Desk, query: str) -> None:
    answer = await desk.client.get(f"{EVENTS}?{query}")
    assert answer.status_code == 422, answer.text
    assert query.partition("=")[0] in json.dumps(answer.json())


async def test_nobody_without_the_right_sees_or_does_anything(desk: Desk, runtime: Runtime) -> None:
    await desk.poison()
    number = await desk.number_of(1)
    async with a_client(create_app(runtime), runtime.database, "sample:read", "sample:write") as other:
        for path in (EVENTS, f"{EVENTS}/{number}", f"{API}/operator-acts"):
            is_problem(await other.get(path), 403, "auth.missing-scope")
        for path, body in ((f"{number}/drops", {"reason": "x"}), (f"{number}/redrives", {}), ("redrives", {"subjects": "all"})):
            is_problem(await post(other, f"{EVENTS}/{path}", body), 403, "auth.missing-scope")
    assert await desk.states() == [(1, "parked")]


async def test_the_trail_is_added_to_and_never_changed(desk: Desk) -> None:
    await desk.poison()
    await desk.redrive("m-1")
    for change in (update(operator_act).values(actor="somebody else"), delete(operator_act)):
        with pytest.raises(DBAPIError, match="never changed"):
            async with desk.database.transaction() as connection:
                await connection.execute(change)
    assert await desk.acts(actor="somebody else") == []
    assert await desk.acts() == [("redrive", "handled", 1)]


async def test_the_trail_is_searched_by_what_was_done_to_what(desk: Desk) -> None:
    await desk.poison("m-1")
    await desk.poison("m-2")
    number = await desk.number_of(1)
    await desk.redrive("m-1", "m-2")
    assert len(await desk.acts(subject=subject_of("m-1"))) == 1
    assert len(await desk.acts(parked_id=str(number))) == 1
    assert await desk.acts(act="drop") == []
    assert len(await desk.acts(since="2022-07-01T00:00:00+08:00", outcome="handled")) == 2
    assert (await desk.client.get(f"{API}/operator-acts?parked_id=x")).status_code == 422
    assert BAD.attempts == 3
