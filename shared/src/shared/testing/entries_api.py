"""Applications for entry into the statistical register, in the hands of one caller."""

from typing import Any

from shared.testing.indicators_api import IndicatorsApi

FIRM = "91620200YYY0001340"
PHOTO = {"name": "主厂房", "place": "嘉北工业园区", "taken_on": "2022-06-20", "verified_by": "张某"}
PROJECT_PAPERS = ("approval", "contract", "photo", "application_form", "platform_page")


def a_project(**changes: Any) -> dict[str, Any]:
    """A project of the speech, whose total is over the line."""
    body = {
        "route": "construction",
        "name": "索通盛源碳材料",
        "region": "620200",
        "project_code": "2106-620200-04-01-123456",
        "total_investment_wan": "8000",
        "lead_department": "市统计局",
        "portfolio": "VM-ECON",
        "responsible_person": "王某",
    }
    return body | changes


def a_firm(**changes: Any) -> dict[str, Any]:
    """An industrial firm that began to sell this year and is over the line."""
    body = {
        "route": "new",
        "name": "甬金金属科技",
        "region": "620200",
        "sector": "industry",
        "uscc": FIRM,
        "income_month": "2022-M05",
        "income_cumulative_wan": "2600",
        "vat_month": "2022-M05",
        "vat_cumulative_wan": "2600",
        "output_cumulative_wan": "2700",
        "first_sale_on": "2022-02-10",
        "lead_department": "市统计局",
        "portfolio": "VM-IND",
        "responsible_person": "李某",
    }
    return body | changes


async def registered(api: IndicatorsApi, body: dict[str, Any] | None = None) -> str:
    """The path of an application that was put on file."""
    return f"entry-applications/{(await api.made('entry-applications', body or a_project()))['id']}"


async def filed(api: IndicatorsApi, path: str, *keys: str) -> dict[str, Any]:
    """The application with these documents."""
    for key in keys:
        await api.made(f"{path}/documents", {"key": key, "reference": f"{key}-1", **(PHOTO if key == "photo" else {})})
    return await api.read(path)


async def moved(api: IndicatorsApi, path: str, *acts: str) -> dict[str, Any]:
    for act in acts:
        await api.made(f"{path}/moves", {"act": act, "reason": "见会议纪要"})
    return await api.read(path)


async def applied(api: IndicatorsApi) -> str:
    path = await registered(api)
    await filed(api, path, *PROJECT_PAPERS)
    await moved(api, path, "qualify", "submit")
    return path
