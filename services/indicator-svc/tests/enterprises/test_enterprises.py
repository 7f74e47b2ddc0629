"""Enterprises over HTTP: the register, monthly figures with revisions, and outlooks."""

from typing import Any

import httpx
import pytest

from shared.testing.entries_api import FIRM
from shared.testing.http import is_problem, pointers, post
from shared.testing.indicators_api import API, IndicatorsApi
from shared.testing.industry_api import OTHER_FIRM, a_figure, an_enterprise

NOBODY = "0197c0de-0000-7000-8000-00000000ffff"


async def test_the_outlook_of_the_golden_vector_is_told_to_the_place(api: IndicatorsApi) -> None:
    firm = await api.made("enterprises", an_enterprise())
    await api.made("enterprise-figures", a_figure("980"))
    await api.made("enterprise-figures", a_figure("1750", period="2021-M12"))
    await api.made("enterprise-figures", a_figure("800", period="2021-M06"))
    outlook = await api.read(f"enterprises/{firm['id']}/outlook")
    told = {name: outlook[name] for name in ("projected_year_wan", "required_month_wan", "average_wan", "reach_month", "reached")}
    assert told == {
        "projected_year_wan": "1960",
        "required_month_wan": "170",
        "average_wan": "163.333333",
        "reach_month": None,
        "reached": False,
    }
    assert (outlook["tier"], outlook["trailing_wan"], outlook["growth_percent"]) == ("A", "1930", "22.5")


async def test_a_revision_is_appended_and_only_the_last_one_counts(api: IndicatorsApi) -> None:
    firm = await api.made("enterprises", an_enterprise())
    await api.made("enterprise-figures", a_figure("980"))
    second = await api.made("enterprise-figures", a_figure(None, unknown_reason="withdrawn"))
    assert second["revision"] == 2
    assert (await api.read(f"enterprises/{firm['id']}/outlook"))["period"] is None, "unknown is not the older figure, nor zero"
    current = await api.listed("enterprise-figures", uscc=FIRM)
    every = await api.listed("enterprise-figures", uscc=FIRM, every_revision="true")
    assert [each["revenue_wan"] for each in current] == [None]
    assert [(each["revision"], each["revenue_wan"]) for each in every] == [(2, None), (1, "980")]


async def test_many_figures_come_in_at_once_and_each_is_answered_for(api: IndicatorsApi) -> None:
    await api.made("enterprises", an_enterprise())
    items = [a_figure("100", period="2022-M02"), a_figure("150", period="2022-M03"), a_figure("1", uscc=OTHER_FIRM)]
    answer = (await post(api.client, f"{API}/enterprise-figures/batch", {"mode": "each", "items": items})).json()
    assert [each["status"] for each in answer["results"]] == [201, 201, 422]
    refused = await post(api.client, f"{API}/enterprise-figures/batch", {"mode": "all", "items": items})
    assert pointers(refused) == ["/items/2/uscc"]
    assert len(await api.listed("enterprise-figures")) == 2


async def test_a_firm_over_the_line_and_outside_the_register_is_shown(api: IndicatorsApi) -> None:
    await api.made("enterprises", an_enterprise())
    await api.made("enterprises", an_enterprise(uscc=OTHER_FIRM, in_register=True))
    for uscc in (FIRM, OTHER_FIRM):
        await api.made("enterprise-figures", a_figure("2000", uscc=uscc))
    outlooks = await api.listed("enterprises/outlooks", industry="C31")
    assert {each["uscc"]: (each["belongs_in"], each["reach_month"]) for each in outlooks} == {
        FIRM: (True, "2022-M06"),
        OTHER_FIRM: (False, "2022-M06"),
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (a_figure("1", period="2022-M01"), "/period"),
        (a_figure("1", period="2022-M07"), "/period"),
        (a_figure("-1"), "/revenue_wan"),
        (a_figure("1", uscc="91310115MA1H8R7C6D"), "/uscc"),
    ],
)
async def test_a_figure_that_cannot_be_is_refused_at_its_field(api: IndicatorsApi, body: dict[str, Any], pointer: str) -> None:
    await api.made("enterprises", an_enterprise())
    refused = await post(api.client, f"{API}/enterprise-figures", body)
    assert (refused.status_code, pointers(refused)) == (422, [pointer])


async def test_an_unknown_figure_wants_a_reason(api: IndicatorsApi) -> None:
    await api.made("enterprises", an_enterprise())
    refused = await post(api.client, f"{API}/enterprise-figures", a_figure(None))
    assert refused.status_code == 422
    assert "unknown_reason" in refused.json()["detail"]


async def test_an_enterprise_is_known_by_its_code_and_changed_by_who_saw_it(api: IndicatorsApi) -> None:
    firm = await api.made("enterprises", an_enterprise())
    again = await post(api.client, f"{API}/enterprises", an_enterprise(name="甬金金融科技"))
    assert is_problem(again, 409, "enterprise.exists")
    batch = {"mode": "each", "items": [an_enterprise(), an_enterprise(uscc=OTHER_FIRM)]}
    answer = (await post(api.client, f"{API}/enterprises/batch", batch)).json()
    assert [each["status"] for each in answer["results"]] == [409, 201]
    place = f"{API}/enterprises/{firm['id']}"
    assert is_problem(await api.client.patch(place, json={"key": True}), 428, "precondition.if-match-required")
    changed = await api.client.patch(place, json={"key": True}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json()["key"]) == (200, True)
    stale = await api.client.patch(place, json={"key": False}, headers={"If-Match": '"v1"'})
    assert is_problem(stale, 412, "precondition.stale-version")


@pytest.mark.parametrize("path", [f"enterprises/{NOBODY}", f"enterprises/{NOBODY}/outlook"])
async def test_an_enterprise_that_nobody_registered_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await client.get(f"{API}/{path}"), 404, "enterprise.not-found")


@pytest.mark.parametrize(
    ("path", "query"),
    [("enterprises", {"industry": "x"}), ("enterprises/outlooks", {"sort": "tier"}), ("enterprise-figures", {"period": "2022"})],
)
async def test_a_list_refuses_what_it_does_not_know(client: httpx.AsyncClient, path: str, query: dict[str, str]) -> None:
    assert (await client.get(f"{API}/{path}", params=query)).status_code == 422
