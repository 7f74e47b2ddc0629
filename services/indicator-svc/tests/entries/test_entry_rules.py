"""The rules of entry: states, dossiers, statements, windows, and who should be in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicator_svc.entries.rules import (
    MOVES,
    Applicant,
    EntryAct,
    EntryState,
    Route,
    Stage,
    Statement,
    chain_in,
    line_findings,
    missing_documents,
    should_be_in,
    state_after,
)
from indicator_svc.entries.shipped import INVESTMENT, all_entry_rules, entry_rules_on

TODAY = date(2022, 7, 1)
RULES = entry_rules_on(TODAY)
S, A = EntryState, EntryAct
GOOD = Statement("2022-M05", Decimal(2000), "2022-M05", Decimal(2000), Decimal(2000), date(2021, 10, 1))
FILED: dict[str, str | None] = {"reference": "1", "name": None, "place": None, "taken_on": None, "verified_by": None}
PHOTO: dict[str, str | None] = {"reference": "2", "name": "x", "place": "y", "taken_on": "2022-06-01", "verified_by": "z"}


def a_firm(route: Route = Route.NEW, **changes: object) -> Applicant:
    return Applicant(route, RULES.thresholds["industry"], None, replace(GOOD, **changes))  # type: ignore[arg-type]  # any field of a statement


def a_project(total: str | None = "500", route: Route = Route.CONSTRUCTION) -> Applicant:
    return Applicant(route, RULES.thresholds[INVESTMENT], None if total is None else Decimal(total))


LEGAL = {
    (S.NOT_QUALIFIED, A.QUALIFY): S.TO_APPLY,
    (S.TO_APPLY, A.DISQUALIFY): S.NOT_QUALIFIED,
    (S.TO_APPLY, A.POSTPONE): S.TO_APPLY,
    (S.TO_APPLY, A.SUBMIT): S.APPLIED,
    (S.APPLIED, A.APPROVE): S.APPLIED,
    (S.APPLIED, A.RETURN): S.TO_APPLY,
    (S.APPLIED, A.REJECT): S.NOT_QUALIFIED,
    (S.ENTERED, A.EXIT): S.EXITED,
    (S.EXITED, A.READMIT): S.NOT_QUALIFIED,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("act", A)
def test_every_act_in_every_state_leads_where_the_table_says_or_nowhere(state: EntryState, act: EntryAct) -> None:
    assert state_after(state, act, last_stage=False) == LEGAL.get((state, act))


def test_only_the_last_approval_enters_the_register() -> None:
    assert state_after(S.APPLIED, A.APPROVE, last_stage=True) is S.ENTERED
    assert {to for _, to in MOVES.items()}.isdisjoint({S.ENTERED})


@pytest.mark.parametrize(
    ("region", "chain"),
    [("620200", (Stage.CITY, Stage.PROVINCE)), ("620100", (Stage.COUNTY, Stage.CITY, Stage.PROVINCE))],
)
def test_a_city_without_counties_has_no_county_stage(region: str, chain: tuple[Stage, ...]) -> None:
    assert chain_in(region, (Stage.COUNTY, Stage.CITY, Stage.PROVINCE)) == chain


@pytest.mark.parametrize(
    ("total", "code", "last"),
    [
        (None, "project", Stage.CITY),
        ("9999.99", "project", Stage.CITY),
        ("10000", "project-large", Stage.PROVINCE),
        ("99999.99", "project-large", Stage.PROVINCE),
        ("100000", "project-major", Stage.NATIONAL),
    ],
)
def test_the_dossier_and_the_end_of_the_chain_follow_the_size_of_a_project(total: str | None, code: str, last: Stage) -> None:
    dossier = RULES.dossier(Route.CONSTRUCTION, INVESTMENT, None if total is None else Decimal(total))
    assert dossier is not None
    assert (dossier.code, dossier.chain[-1]) == (code, last)


@pytest.mark.parametrize(
    ("route", "sector", "code"),
    [
        (Route.PURCHASE, INVESTMENT, "project-purchase"),
        (Route.EXISTING, "industry", "enterprise-industry"),
        (Route.NEW, "industry", "enterprise-new"),
        (Route.UPGRADE, "industry", "enterprise-upgrade"),
        (Route.EXISTING, "real_estate", "enterprise-real-estate"),
        (Route.UPGRADE, "retail", "enterprise-other"),
        (Route.NEW, "construction", None),
    ],
)
def test_the_dossier_follows_route_and_sector(route: Route, sector: str, code: str | None) -> None:
    dossier = RULES.dossier(route, sector, None)
    assert (dossier and dossier.code) == code


def test_one_of_the_substitutes_of_an_approval_is_enough_for_a_large_project() -> None:
    dossier = RULES.dossier(Route.CONSTRUCTION, INVESTMENT, Decimal(20_000))
    assert dossier is not None
    present = {"scope": FILED, "contract": FILED, "photo": PHOTO}
    (lacks,) = missing_documents(dossier, present, RULES.document_names, RULES.details)
    assert lacks.message.startswith("缺少立项审批、核准或备案文件")
    assert missing_documents(dossier, {**present, "feasibility": FILED}, RULES.document_names, RULES.details) == []


def test_a_photo_that_names_no_place_and_no_witness_is_incomplete() -> None:
    dossier = RULES.dossier(Route.CONSTRUCTION, INVESTMENT, Decimal(20_000))
    assert dossier is not None
    present = {"scope": FILED, "contract": FILED, "approval": FILED, "photo": {**PHOTO, "place": None, "verified_by": None}}
    (lacks,) = missing_documents(dossier, present, RULES.document_names, RULES.details)
    assert lacks.message.endswith("未注明地点、核实人")


@pytest.mark.parametrize(
    ("applicant", "codes"),
    [
        (a_firm(), []),
        (a_firm(vat_month="2022-M04"), ["entry.form-months-differ"]),
        (a_firm(vat_month=None), ["entry.form-month-unknown"]),
        (a_firm(vat_cumulative_wan=Decimal("1999.99")), ["entry.forms-differ"]),
        (a_firm(vat_cumulative_wan=None), ["entry.figure-unknown"]),
        (a_firm(income_cumulative_wan=None), ["entry.figure-unknown"]),
        (a_firm(income_cumulative_wan=Decimal("1999.99"), vat_cumulative_wan=Decimal("1999.99")), ["entry.below-line"]),
        (a_firm(output_cumulative_wan=Decimal(0)), ["entry.below-line"]),
        (a_firm(first_sale_on=date(2021, 9, 30)), ["entry.not-new"]),
        (a_firm(first_sale_on=None), ["entry.first-sale-unknown"]),
        (a_firm(Route.UPGRADE, first_sale_on=None), []),
        (a_project("500"), []),
        (a_project("499.99"), ["entry.below-line"]),
        (a_project(None), ["entry.figure-unknown"]),
        (Applicant(Route.EXISTING, RULES.thresholds["construction"]), []),
    ],
)
def test_what_keeps_an_applicant_from_being_over_the_line_is_named(applicant: Applicant, codes: list[str]) -> None:
    assert [finding.code for finding in line_findings(applicant, TODAY)] == codes


def test_a_project_with_contract_photo_and_permit_should_be_in() -> None:
    papers = {"contract": FILED, "photo": PHOTO, "construction_permit": FILED}
    assert should_be_in(a_project(), papers, TODAY)[1] == "计划总投资500万元，达到入库标准"
    assert [should_be_in(a_project(), {k: v for k, v in papers.items() if k != gone}, TODAY) for gone in papers] == [()] * 3
    assert should_be_in(a_project(None), papers, TODAY) == ()


def test_a_firm_over_the_line_should_be_in_and_an_unknown_one_shows_nothing() -> None:
    assert should_be_in(a_firm(), {}, TODAY) == ("2022-M05累计收入2000万元，达到规模以上工业标准",)
    assert should_be_in(a_firm(income_cumulative_wan=None), {}, TODAY) == ()


@pytest.mark.parametrize(
    ("route", "sector", "day", "closes_on", "is_open"),
    [
        (Route.CONSTRUCTION, INVESTMENT, date(2022, 7, 1), date(2022, 7, 10), True),
        (Route.CONSTRUCTION, INVESTMENT, date(2022, 7, 11), date(2022, 8, 10), False),
        (Route.NEW, "industry", date(2022, 7, 5), date(2022, 7, 5), True),
        (Route.NEW, "industry", date(2022, 11, 6), date(2023, 2, 5), False),
        (Route.UPGRADE, "industry", date(2022, 7, 1), date(2022, 10, 31), False),
        (Route.UPGRADE, "industry", date(2022, 11, 1), date(2022, 12, 31), False),
        (Route.EXISTING, "industry", date(2022, 12, 31), date(2022, 12, 31), True),
        (Route.EXISTING, "construction", date(2022, 12, 21), date(2023, 1, 20), False),
        (Route.UPGRADE, "industry", date(2023, 3, 1), date(2023, 10, 20), False),
        (Route.UPGRADE, "industry", date(2024, 3, 1), date(2024, 10, 31), False),
    ],
)
def test_the_window_is_the_open_one_or_the_next(route: Route, sector: str, day: date, closes_on: date, is_open: bool) -> None:
    window = entry_rules_on(day).window(route, sector, day)
    assert window is not None
    assert (window.closes_on, window.is_open(day)) == (closes_on, is_open)


def test_stage_limits_count_working_days() -> None:
    assert RULES.stage_due_on(Stage.PROVINCE, date(2022, 9, 30)) == date(2022, 10, 10)


def test_every_rule_that_ships_cites_a_document_and_names_every_paper_that_it_wants() -> None:
    for rules in all_entry_rules():
        assert all([*(each.document for each in rules.thresholds.values()), *(each.document for each in rules.windows)])
        for each in rules.dossiers:
            wanted = {key for group in each.dossier.required for key in group} | set(each.dossier.optional)
            assert wanted <= rules.document_names.keys()
            assert each.dossier.document
