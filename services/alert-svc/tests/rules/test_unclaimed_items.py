"""An indicator that nobody owns is warned of until somebody does."""

from datetime import date, datetime
from typing import Any

import pytest

from shared.contracts.indicator import ItemClaimed, ItemLeftScheme, ItemUnclaimed
from shared.kit.clock import SHANGHAI
from shared.testing.alerts_api import AlertsApi
from shared.testing.facts import FactTeller

ITEM: dict[str, Any] = {
    "region": "620200",
    "scheme": "CITY-31",
    "scheme_version": 1,
    "indicator": "E02",
    "indicator_name": "规模以上工业增加值增速",
}
HOLDER = {"lead_department": "市工业和信息化局", "portfolio": "VM-IND"}


def an_unclaimed(**changes: Any) -> ItemUnclaimed:
    return ItemUnclaimed.model_validate({**ITEM, **HOLDER, "why": "not_answered", "due_on": date(2022, 7, 5), **changes})


def a_claim(**changes: Any) -> ItemClaimed:
    claimed_at = datetime(2022, 7, 7, 9, tzinfo=SHANGHAI)
    return ItemClaimed.model_validate({**ITEM, **HOLDER, "claim_id": "c", "claimed_at": claimed_at, **changes})


async def test_an_unclaimed_item_is_warned_of_once_and_closed_when_it_is_claimed(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_unclaimed())
    alert = await alerts.only()
    assert (alert["rule"], alert["level"], alert["state"]) == ("indicator.unclaimed", "yellow", "open")
    assert alert["reason"] == ("嘉峪关市规模以上工业增加值增速无人认领：已交市工业和信息化局，应于2022年7月5日前认领，至今未认领")
    assert [each["code"] for each in alert["responsible"]] == ["市工业和信息化局", "VM-IND"]
    await facts.tell(an_unclaimed(why="disputed"))
    assert (await alerts.only())["level"] == "orange"
    await facts.tell(a_claim(by_ruling=True))
    assert (await alerts.only())["state"] == "closed"


@pytest.mark.parametrize("end", [a_claim(), ItemLeftScheme.model_validate({**ITEM, "scheme_version": 2})])
async def test_a_claim_in_time_raises_nothing(facts: FactTeller, alerts: AlertsApi, end: ItemClaimed | ItemLeftScheme) -> None:
    await facts.tell(end)
    assert await alerts.all() == []


async def test_an_item_that_left_the_scheme_is_warned_of_no_longer(facts: FactTeller, alerts: AlertsApi) -> None:
    await facts.tell(an_unclaimed(why="not_offered", lead_department="", portfolio=""))
    alert = await alerts.only()
    assert (alert["responsible"], "尚未交办" in alert["reason"]) == ([], True)
    await facts.tell(ItemLeftScheme.model_validate({**ITEM, "scheme_version": 2}))
    assert (await alerts.only())["state"] == "closed"
