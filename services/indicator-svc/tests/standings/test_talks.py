"""The 约谈 line period after period: the rule, and the fact that a region came near it or left it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.schemes.bounds import TalkLine
from indicator_svc.scoreboards.rules import Talk
from indicator_svc.standings.talks import UNJUDGED, Position, Verdict, judge_talk
from shared.testing.indicators_api import IndicatorsApi, a_scheme

Work = Callable[[], Awaitable[list[dict[str, Any]]]]
LINE = TalkLine(3, Decimal("1.00"), 2, 2)
REGIONS = ("620100", "620200", "620300", "620400")


def at(state: Talk, rank: int | None = 12) -> Position:
    return Position(state, None if rank is None else Decimal(80), rank, 14, 12, Decimal("0.5"))


@pytest.mark.parametrize(
    ("states", "running", "mayor"),
    [
        ([Talk.SUMMONED], 1, False),
        ([Talk.SUMMONED, Talk.SUMMONED], 2, True),
        ([Talk.SUMMONED, Talk.EDGE], 0, False),
        ([Talk.SUMMONED, Talk.EDGE, Talk.SUMMONED], 1, False),
    ],
)
def test_periods_running_on_the_line_are_counted(states: list[Talk], running: int, mayor: bool) -> None:
    verdict = UNJUDGED
    for state in states:
        verdict = judge_talk(at(state), LINE, verdict)
    assert (verdict.running, verdict.mayor) == (running, mayor)


@pytest.mark.parametrize("before", [UNJUDGED, Verdict(Talk.SUMMONED, 2, True, ""), Verdict(Talk.EDGE, 0, False, "")])
def test_a_pending_region_keeps_its_state(before: Verdict) -> None:
    verdict = judge_talk(at(Talk.NONE, None), LINE, before)
    assert (verdict.state, verdict.running, verdict.mayor) == (before.state, before.running, before.mayor)


def talks(facts: list[dict[str, Any]]) -> list[tuple[str, str | None, str, int]]:
    """(period, from, to, periods running)."""
    told = [fact for fact in facts if fact["fact"] == "talk-risk-changed"]
    return [(fact["period"], fact["previous"], fact["state"], fact["periods_running"]) for fact in told]


async def enter(api: IndicatorsApi, period: str, *values: str) -> None:
    for region, value in zip(REGIONS, values, strict=True):
        await api.observe(value, region=region, period=period)


async def test_a_region_on_the_line_is_told_of_once_and_again_when_it_leaves(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme(talk_line={"bottom": 1, "edge_points": "1.00", "edge_places": 1}))
    await enter(api, "2022-M03", "6", "2", "4", "7")
    assert talks(await work()) == [("2022-Q1", None, "summoned", 1)]
    assert talks(await work()) == []
    await enter(api, "2022-M06", "6", "2", "4", "7")
    (told,) = [fact for fact in await work() if fact["fact"] == "talk-risk-changed"]
    assert (told["previous"], told["state"], told["periods_running"], told["summons_mayor"]) == ("summoned", "summoned", 2, True)
    assert (told["rank"], told["ranked"], told["line_rank"], told["points_to_line"]) == (4, 4, 4, "0")
    assert told["evidence"] == "4个已排名的地区中列第4位，已到约谈名次（第4位起），已连续2期，约谈市长本人"
    await api.observe("5", status="verified")
    assert talks(await work()) == [("2022-Q2", "summoned", "edge", 0)]
    await api.observe("7", status="verified")
    assert talks(await work()) == [("2022-Q2", "edge", "none", 0)]
    await api.observe("7.2", status="verified")
    assert talks(await work()) == []


async def test_a_scheme_without_a_line_tells_of_none(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await enter(api, "2022-M03", "6", "2", "4", "7")
    assert talks(await work()) == []


async def test_an_outlook_is_told_when_it_changes_and_shown_with_its_grounds(api: IndicatorsApi, work: Work) -> None:
    await api.publish(a_scheme())
    await api.observe("7.5")
    await api.observe("9", region="620100")
    told = [fact for fact in await work() if fact["fact"] == "outlook-changed"]
    assert [(fact["previous_outlook"], fact["outlook"]) for fact in told] == [(None, "can_be_pushed")]
    assert told[0]["why"] == [{"rule": "headroom", "evidence": "还有6.25分可得，距目标0.5个百分点"}]
    (standing,) = await api.listed("standings", region="620200")
    assert (standing["outlook"], standing["outlook_why"]) == ("can_be_pushed", told[0]["why"])
    await api.observe("5", status="verified")
    assert [fact["outlook"] for fact in await work() if fact["fact"] == "outlook-changed"] == ["low"]
    assert [fact for fact in await work() if fact["fact"] == "outlook-changed"] == []
