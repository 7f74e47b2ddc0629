import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from bond_svc.ledger.rules import BondType, Flag, Row, Unreadable, name_key, read, region_of

ROW = Row(
    issuer="甘肃省",
    bond_code="809364",
    issue_date=date(2026, 6, 15),
    bond_name="2026年甘肃省政府专项债券（十七期）",
    bond_type="专项债券",
    set_year="2026",
    tenor_label="20年",
    coupon_pct="2.41",
    amount_yi="8.61",
    new_amount_yi="8.61",
    refinance_amount_yi="0.0",
    swap_amount_yi="0.0",
)


def flags(**changes: Any) -> list[Flag]:
    return list(read(replace(ROW, **changes)).flags)


def test_a_row_of_the_register_is_read_in_wan() -> None:
    reading = read(ROW)

    assert (reading.amount_wan, reading.new_wan, reading.swap_wan) == (Decimal(86_100), Decimal(86_100), Decimal(0))
    assert (reading.term_years, reading.bond_type, reading.region, reading.flags) == (20, BondType.SPECIAL, "620000", ())
    assert reading.name == ROW.bond_name


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("3.33", "3.33", "3.33"), []),
        (("3.33", "3.33", "3.32"), []),
        (("3.33", "3.33", "3.31"), [Flag.PARTS_DO_NOT_ADD_UP]),
        (("0", "0", "0"), [Flag.PARTS_DO_NOT_ADD_UP]),
        (("10", "", "0"), [Flag.PART_UNKNOWN]),
    ],
)
def test_parts_may_miss_the_total_by_rounding_only(parts: tuple[str, str, str], expected: list[Flag]) -> None:
    new, refinance, swap = parts

    assert flags(amount_yi="10", new_amount_yi=new, refinance_amount_yi=refinance, swap_amount_yi=swap) == expected


def test_what_is_not_published_is_unknown_and_never_zero() -> None:
    reading = read(replace(ROW, amount_yi="*", coupon_pct="—"))

    assert (reading.amount_wan, reading.coupon_pct) == (None, None)
    assert reading.flags == (Flag.AMOUNT_UNKNOWN, Flag.COUPON_UNKNOWN)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"set_year": "2025年"}, [Flag.YEAR_DIFFERS]),
        ({"tenor_label": "半年"}, [Flag.TENOR_UNREADABLE]),
        ({"tenor_label": ""}, [Flag.TENOR_UNREADABLE]),
        ({"tenor_label": "6年"}, [Flag.TENOR_UNUSUAL]),
        ({"tenor_label": "３０ 年"}, []),
        ({"issuer": "乌有省"}, [Flag.ISSUER_UNKNOWN]),
        ({"amount_yi": "0", "new_amount_yi": "0"}, [Flag.AMOUNT_ZERO]),
    ],
)
def test_what_is_odd_is_flagged_and_kept(changes: dict[str, str], expected: list[Flag]) -> None:
    assert flags(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"amount_yi": "八亿"}, ["amount_yi"]),
        ({"amount_yi": "-1", "swap_amount_yi": "1e5"}, ["amount_yi", "swap_amount_yi"]),
        ({"amount_yi": "100001"}, ["amount_yi"]),
        ({"new_amount_yi": "0.12345678901"}, ["new_amount_yi"]),
        ({"bond_type": "企业债券", "set_year": "二〇二六"}, ["bond_type", "set_year"]),
    ],
)
def test_a_row_that_cannot_be_read_names_every_field_at_fault(changes: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(replace(ROW, **changes))  # type: ignore[arg-type]  # the table names text fields only

    assert [flaw.field for flaw in unreadable.value.flaws] == fields


@pytest.mark.parametrize(
    "written",
    ["2026年专项债券（十 七期）—2026年", "2026年专项债券(十七期)-2026年", "２０２６年专项债券（十七期)——2026年"],
)
def test_names_are_searched_whatever_their_brackets_dashes_and_width(written: str) -> None:
    assert name_key(written) == "2026年专项债券(十七期)-2026年"


@pytest.mark.parametrize(("issuer", "code"), [("甘肃省", "620000"), (" 嘉峪关市 ", "620200"), ("乌有省", None)])
def test_an_issuer_is_a_division_where_the_tables_know_it(issuer: str, code: str | None) -> None:
    assert region_of(issuer) == code


def test_the_packaged_register_reads_without_a_refusal() -> None:
    text = (resources.files("bond_svc") / "data" / "gansu-government-bonds-2009-2026.csv").read_text(encoding="utf-8-sig")
    columns = set(Row.__slots__) - {"issue_date", "origin"}
    rows = [
        Row(issue_date=date.fromisoformat(row["issue_date"]), **{name: row[name] for name in columns})
        for row in csv.DictReader(text.splitlines())
    ]
    readings = [read(row) for row in rows]

    assert len({reading.key for reading in readings}) == 378
    assert [reading.bond_type for reading in readings].count(BondType.SPECIAL) == 259
    assert {flag for reading in readings for flag in reading.flags} <= {Flag.YEAR_DIFFERS}
