"""Events that were set aside take effect in order and once when somebody tries them again; what fails again says why."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from shared.kit.backbone import outbox, parked_event
from shared.kit.bus import TP, InRecord
from shared.kit.inbox import Outcome
from shared.kit.outbox import headers_to_json
from shared.testing.backbone import a_record
from shared.testing.http import is_problem, once, post
from shared.testing.outbox import facts_of
from shared.testing.parked import API, BAD, Desk, subject_of

REDRIVES = f"{API}/parked-events/redrives"


async def effects_of(desk: Desk, milestone: str = "m-1") -> list[int]:
    """The numbers of the events that took effect, in order."""
    facts = [fact for fact in await facts_of(desk.database) if fact.get("milestone_id") == f"effect-{milestone}"]
    return [int(fact["reason"]) for fact in facts]


async def test_what_waits_takes_effect_in_order_and_once_and_the_object_opens(desk: Desk) -> None:
    await desk.poison(behind=2)
    [result] = await desk.redrive("m-1")
    assert (result["status"], result["taken"], result["left"], result["problem"]) == (200, 3, 0, None)
    assert await effects_of(desk) == [1, 2, 3]
    assert await desk.states() == [(1, "resolved"), (2, "resolved"), (3, "resolved")]
    assert await desk.is_open()
    assert await desk.inbox.take(a_record(4)) is Outcome.HANDLED


async def test_an_event_that_fails_again_stops_its_object_says_why_and_is_undone_alone(desk: Desk) -> None:
    await desk.poison("m-bad", behind=1)
    await desk.poison("m-1", behind=1)
    desk.effects.bad.add("m-bad")
    bad, good = await desk.redrive("m-bad", "m-1")
    assert (bad["status"], bad["taken"], bad["left"]) == (409, 0, 2)
    assert bad["problem"]["code"] == "parked.failed-again"
    assert "这条消息仍然处理不了" in bad["problem"]["detail"]
    assert (good["status"], good["taken"]) == (200, 2)
    assert (await effects_of(desk, "m-bad"), await effects_of(desk)) == ([], [1, 2])
    cause = (await desk.listed(role="cause"))[0]
    assert (cause["id"], cause["attempts"], cause["error"]) == (bad["stopped_at"], 4, "这条消息仍然处理不了。")
    assert not await desk.is_open("m-bad")


async def test_every_attempt_is_in_the_trail_with_the_operator_and_the_outcome(desk: Desk) -> None:
    await desk.poison("m-bad")
    desk.effects.bad.add("m-bad")
    await desk.redrive("m-bad")
    desk.effects.bad.clear()
    await desk.redrive("m-bad")
    assert await desk.acts() == [("redrive", "failed", 1), ("redrive", "handled", 1)]
    [row] = (await desk.client.get(f"{API}/operator-acts", params={"outcome": "failed"})).json()["items"]
    assert row["actor"].startswith("值班员#")
    assert row["detail"] == "Conflict: 这条消息仍然处理不了。"
    shown = (await desk.client.get(f"{API}/parked-events/{row['parked_id']}")).json()
    assert [act["outcome"] for act in shown["acts"]] == ["failed", "handled"]
    assert shown["resolved_by"] == row["actor"]


async def test_all_objects_are_tried_and_one_that_fails_stops_no_other(desk: Desk) -> None:
    for milestone in ("m-1", "m-bad", "m-3"):
        await desk.poison(milestone, behind=1)
    desk.effects.bad.add("m-bad")
    results = await desk.redrive()
    assert {result["subject"]: result["taken"] for result in results} == {
        subject_of("m-1"): 2,
        subject_of("m-bad"): 0,
        subject_of("m-3"): 2,
    }


async def test_an_object_that_does_not_wait_is_named_and_the_others_are_tried(desk: Desk) -> None:
    await desk.poison()
    missing, found = await desk.redrive("nobody", "m-1")
    assert (missing["status"], missing["problem"]["code"]) == (404, "parked.nothing-waits")
    assert found["taken"] == 1


async def test_a_gap_is_not_passed_over_until_somebody_takes_it_upon_himself_with_a_reason(desk: Desk) -> None:
    await desk.inbox.take(a_record(1))
    await desk.inbox.take(a_record(4))
    await desk.inbox.take(a_record(5))
    [refused] = await desk.redrive("m-1")
    assert (refused["status"], refused["problem"]["code"]) == (409, "parked.gap")
    assert "第 2 至 3 号消息没有到达" in refused["problem"]["detail"]
    assert await effects_of(desk) == [1]
    [taken] = await desk.redrive("m-1", gaps={"m-1": "发布方确认该两条已作废"})
    assert (taken["taken"], taken["left"]) == (2, 0)
    assert await effects_of(desk) == [1, 4, 5]
    assert await desk.acts() == [
        ("redrive", "gap", 4),
        ("accept_gap", "accepted", 4),
        ("redrive", "handled", 4),
        ("redrive", "handled", 5),
    ]
    assert await desk.inbox.take(a_record(2)) is Outcome.STALE


async def test_one_acceptance_is_good_for_one_gap(desk: Desk) -> None:
    for sequence in (1, 3, 5):
        await desk.inbox.take(a_record(sequence))
    [result] = await desk.redrive("m-1", gaps={"m-1": "第 2 号已作废"})
    assert (result["taken"], result["left"], result["problem"]["code"]) == (1, 1, "parked.gap")
    assert "第 4 号消息没有到达" in result["problem"]["detail"]


async def test_what_was_missing_and_came_late_fills_the_gap(desk: Desk) -> None:
    for sequence in (1, 3, 2):
        await desk.inbox.take(a_record(sequence))
    [result] = await desk.redrive("m-1")
    assert (result["taken"], await effects_of(desk)) == (2, [1, 2, 3])


async def test_an_accepted_gap_stays_where_it_was_when_the_event_behind_it_fails(desk: Desk) -> None:
    await desk.inbox.take(a_record(1, milestone="m-bad"))
    await desk.inbox.take(a_record(3, milestone="m-bad"))
    desk.effects.bad.add("m-bad")
    [failed] = await desk.redrive("m-bad", gaps={"m-bad": "第 2 号已作废"})
    assert failed["problem"]["code"] == "parked.failed-again"
    assert await desk.acts() == [("redrive", "failed", 3)]
    [again] = await desk.redrive("m-bad")
    assert again["problem"]["code"] == "parked.gap"


async def test_the_same_number_under_two_ids_takes_effect_once(desk: Desk) -> None:
    await desk.poison(behind=1)
    await desk.inbox.take(a_record(2, offset=9))
    await desk.redrive("m-1")
    assert await effects_of(desk) == [1, 2]
    assert ("redrive", "stale", 2) in await desk.acts()


async def test_two_operators_at_once_let_every_event_take_effect_once(desk: Desk) -> None:
    for milestone in ("m-1", "m-2", "m-3"):
        await desk.poison(milestone, behind=4)
    one, two = await asyncio.gather(desk.redrive("m-1", "m-2", "m-3"), desk.redrive("m-3", "m-2", "m-1"))
    assert sum(result["taken"] for result in (*one, *two)) == 15
    for milestone in ("m-1", "m-2", "m-3"):
        assert await effects_of(desk, milestone) == [1, 2, 3, 4, 5]
        assert await desk.is_open(milestone)


async def test_events_that_arrive_while_somebody_retries_keep_their_order(desk: Desk) -> None:
    await desk.poison(behind=9)

    async def arrive() -> None:
        for sequence in range(11, 31):
            await desk.inbox.take(a_record(sequence))

    await asyncio.gather(desk.redrive("m-1"), arrive())
    while not await desk.is_open():
        await desk.redrive("m-1")
    assert await effects_of(desk) == list(range(1, 31))


async def test_a_request_that_is_repeated_under_its_key_tries_nothing_twice(desk: Desk) -> None:
    await desk.poison("m-bad")
    desk.effects.bad.add("m-bad")
    headers = once()
    answers = [await desk.client.post(REDRIVES, json={"subjects": "all"}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert await desk.acts() == [("redrive", "failed", 1)]


def unreadable(offset: int = 17, sequence: int = 1, event_id: str = "e-1") -> InRecord:
    """An event of milestone m-1 that came without its headers."""
    record = a_record(sequence, event_id=event_id)
    return InRecord(TP(record.tp.topic, 3), offset, record.key, (), record.value, record.timestamp)


async def mend(desk: Desk, sequence: int = 1, event_id: str = "e-1") -> None:
    """An upgrade can read what it could not before; here it is the record that changes."""
    headers = headers_to_json(a_record(sequence, event_id=event_id).headers)
    async with desk.database.transaction() as connection:
        await connection.execute(update(parked_event).where(parked_event.c.source == "unreadable").values(headers=headers))


async def test_a_record_that_stays_unreadable_is_answered_for_and_stops_nobody(desk: Desk) -> None:
    await desk.inbox.park(unreadable(), BAD)
    await desk.poison("m-2")
    record, other = await desk.redrive()
    assert (record["status"], record["problem"]["code"], record["parked_id"]) == (409, "parked.unreadable", record["stopped_at"])
    assert other["taken"] == 1
    assert ("redrive", "unreadable", 0) in await desk.acts()
    assert (await desk.listed(source="unreadable"))[0]["attempts"] == 4


async def test_a_record_that_can_be_read_by_now_takes_its_place_among_its_objects_events(desk: Desk) -> None:
    await desk.inbox.take(a_record(1))
    await desk.inbox.park(unreadable(sequence=2), BAD)
    await desk.inbox.take(a_record(3))
    await mend(desk, sequence=2)
    [result] = await desk.redrive("m-1")
    assert (result["taken"], result["left"]) == (2, 0)
    assert await effects_of(desk) == [1, 2, 3]
    assert await desk.inbox.take(a_record(2, event_id="e-1")) is Outcome.DUPLICATE


async def test_a_record_that_turns_out_to_be_ahead_of_its_object_waits_for_what_is_missing(desk: Desk) -> None:
    await desk.inbox.take(a_record(1))
    await desk.inbox.park(unreadable(sequence=3), BAD)
    await mend(desk, sequence=3)
    [row] = await desk.listed()
    answer = await post(desk.client, f"{API}/parked-events/{row['id']}/redrives", {})
    assert answer.json()["results"][0]["problem"]["code"] == "parked.gap"
    assert not await desk.is_open()
    assert await desk.inbox.take(a_record(2)) is Outcome.PARKED
    await desk.redrive("m-1")
    assert await effects_of(desk) == [1, 2, 3]


async def test_a_record_that_turns_out_to_have_been_taken_already_is_settled_without_effect(desk: Desk) -> None:
    await desk.inbox.take(a_record(1, event_id="e-1"))
    await desk.inbox.park(unreadable(), BAD)
    await mend(desk)
    await desk.redrive("m-1")
    assert await effects_of(desk) == [1]
    assert await desk.acts() == [("redrive", "duplicate", 0)]


async def test_an_event_whose_report_the_bus_would_never_take_fails_alone(desk: Desk) -> None:
    await desk.poison("m-1", behind=1)
    await desk.poison("m-2")
    desk.effects.huge.add("m-1")
    failed, other = await desk.redrive("m-1", "m-2")
    assert "产生的消息过大" in failed["problem"]["detail"]
    assert (failed["left"], other["taken"]) == (2, 1)
    assert await effects_of(desk) == []


async def test_the_person_on_duty_needs_the_right_to_it(desk: Desk) -> None:
    await desk.poison()
    stranger = {"Authorization": "Bearer nonsense"}
    answer = await desk.client.post(REDRIVES, json={"subjects": "all"}, headers=once(**stranger))
    assert answer.status_code == 401
    async with desk.database.reading() as view:
        untouched = select(func.count()).select_from(parked_event).where(parked_event.c.state == "parked")
        assert await view.session.scalar(untouched) == 1
        assert await view.session.scalar(select(func.count()).select_from(outbox)) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/subjects"),
        ({"subjects": []}, "/subjects"),
        ({"subjects": "some"}, "/subjects"),
        ({"subjects": ["x" * 301]}, "/subjects"),
        ({"subjects": ["a"] * 101}, "/subjects"),
        ({"subjects": "all", "accepted_gaps": [{"subject": "a"}]}, "/accepted_gaps/0/reason"),
        ({"subjects": "all", "accepted_gaps": [{"subject": "a", "reason": " "}]}, "/accepted_gaps/0/reason"),
        ({"subjects": "all", "force": True}, "/force"),
    ],
)
async def test_a_request_that_is_wrong_is_told_where(desk: Desk, body: dict[str, object], pointer: str) -> None:
    problem = is_problem(await post(desk.client, REDRIVES, body), 422, "validation.failed")
    assert problem["errors"][0]["pointer"].startswith(pointer)


async def test_a_number_that_nobody_has_and_one_that_is_settled_are_refused(desk: Desk) -> None:
    await desk.poison()
    number = await desk.number_of(1)
    await desk.redrive("m-1")
    is_problem(await post(desk.client, f"{API}/parked-events/999/redrives", {}), 404, "parked.not-found")
    is_problem(await post(desk.client, f"{API}/parked-events/{number}/redrives", {}), 409, "parked.settled")
    assert (await desk.client.get(f"{API}/parked-events/0")).status_code == 422
