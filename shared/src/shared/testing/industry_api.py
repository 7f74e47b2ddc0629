"""Enterprises, stops and supplies with valid defaults, as a caller sends them."""

from typing import Any

from shared.testing.entries_api import FIRM

OTHER_FIRM = "91620200YYY000433X"


def an_enterprise(**changes: Any) -> dict[str, Any]:
    """A steel maker on the way to the line."""
    body = {
        "uscc": FIRM,
        "name": "甬金金属科技",
        "region": "620200",
        "industry": "C3130",
        "in_register": False,
        "cultivated": True,
        "lead_department": "市工业和信息化局",
        "portfolio": "VM-IND",
        "responsible_person": "李某",
    }
    return body | changes


def a_figure(revenue: str | None, **changes: Any) -> dict[str, Any]:
    """What the enterprise reports for the first half of 2022."""
    body = {"uscc": FIRM, "period": "2022-M06", "output_wan": "1000", "revenue_wan": revenue, "profit_wan": "-20.5"}
    return body | {"source": "联网直报"} | changes


def a_stop(**changes: Any) -> dict[str, Any]:
    """A full stop that costs 3亿 of a city's 120亿."""
    body = {
        "uscc": FIRM,
        "kind": "full",
        "causes": ["market", "funds"],
        "stopped_on": "2022-05-10",
        "sponsor_post": "VM-IND",
        "lost_output_wan": "30000",
        "city_base_wan": "1200000",
        "reason": "订单不足",
    }
    return body | changes


def a_plan(resume_on: str = "2022-07-20", **changes: Any) -> dict[str, Any]:
    """One plan for one enterprise, with what two departments do."""
    measures = [
        {"department": "市工业和信息化局", "action": "对接订单", "due_on": "2022-07-10"},
        {"department": "市金融办", "action": "落实流动资金贷款", "due_on": "2022-06-30"},
    ]
    return {"resume_on": resume_on, "conditions": "订单与流动资金落实", "measures": measures, "reason": "专题会议"} | changes
