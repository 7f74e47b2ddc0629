"""The checks on the real panel and on small series."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.observations.screening import Finding, Measure, Peers, Screen, row_finding
from indicator_svc.packaged import panel_figures

PERCENT_MEASURES = {"tertiary_share", "waste_treated_share", "green_coverage"}
LEVEL = Measure("产值", "万元", in_points=False)
HOME = "629900"
SHARE = Measure("占比", "%", in_points=True)


def panel() -> dict[str, dict[str, dict[int, Decimal]]]:
    """Measure → region → year → value."""
    read: dict[str, dict[str, dict[int, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for figure in panel_figures():
        read[figure["indicator"]][figure["region"]][int(figure["period"])] = Decimal(figure["value"])
    return read


def held_of_panel() -> dict[tuple[str, str, int], Finding]:
    """(measure, region, year) → finding, over the whole panel."""
    return {
        (measure, region, year): finding
        for measure, regions in panel().items()
        for region in regions
        for year, finding in Screen(Peers(Measure(measure, "", measure in PERCENT_MEASURES), regions), region).findings().items()
    }


def held(series: dict[int, str], others: dict[str, dict[int, str]] | None = None, measure: Measure = LEVEL) -> dict[int, str]:
    read = {region: {year: Decimal(value) for year, value in rows.items()} for region, rows in (others or {}).items()}
    own = {year: Decimal(value) for year, value in series.items()}
    findings = Screen(Peers(measure, {HOME: own, **read}), HOME).findings()
    return {year: finding.rule for year, finding in findings.items()}


def test_pingliangs_five_fold_output_of_2005_is_held_and_its_neighbours_are_not() -> None:
    found = held_of_panel()
    assert "4749203万元" not in found["gdp_current", "620800", 2005].evidence, "the measure has no unit here"
    assert "4749203" in found["gdp_current", "620800", 2005].evidence
    assert {year for measure, region, year in found if (measure, region) == ("gdp_current", "620800")} == {2005}
    assert {measure for measure, region, year in found if (region, year) == ("620800", 2005)} == {
        "gdp_current",
        "tertiary_share",
        "fiscal_revenue_to_gdp",
    }


def test_jiayuguans_row_of_2012_is_held_as_a_whole() -> None:
    jumped = {measure for measure, region, year in held_of_panel() if (region, year) == ("620200", 2012)}
    assert jumped == {"gdp_current", "industrial_output_above_scale", "retail_sales", "fiscal_revenue_to_gdp"}
    doubt = row_finding(jumped)
    assert doubt is not None
    assert "整行错位" in doubt.evidence
    assert row_finding(jumped - {"gdp_current"}) is None


def test_the_scored_measures_of_the_panel_have_no_false_alarm() -> None:
    scored = {"gdp_current", "industrial_output_above_scale", "retail_sales", "tertiary_share", "fiscal_revenue_to_gdp"}
    doubted = {(region, year) for measure, region, year in held_of_panel() if measure in scored}
    assert doubted == {("620800", 2005), ("620200", 2012)}


def test_what_else_the_panel_holds_is_counted_honestly() -> None:
    """Small or erratic measures jump for real; a person has to look at these, and can see why."""
    others: dict[str, int] = defaultdict(int)
    for measure, region, year in held_of_panel():
        if (region, year) not in {("620800", 2005), ("620200", 2012)}:
            others[measure] += 1
    assert others == {
        "foreign_investment_used": 8,
        "waste_treated_share": 18,
        "green_coverage": 2,
        "so2_industrial": 1,
        "pupils": 1,
    }


def test_a_spike_is_held_and_not_the_years_beside_it() -> None:
    assert held({2019: "100", 2020: "110", 2021: "600", 2022: "120"}) == {2021: "own-jump"}


def test_a_jump_at_the_end_is_held() -> None:
    assert held({2020: "100", 2021: "110", 2022: "330"}) == {2022: "own-jump"}
    assert held({2020: "100", 2021: "110", 2022: "329.9"}) == {}
    assert held({2021: "300", 2022: "100"}) == {2022: "own-jump"}


def test_a_wrong_first_year_is_the_one_in_doubt() -> None:
    assert held({2019: "1000", 2020: "100", 2021: "110"}) == {2019: "own-jump"}


def test_steep_but_steady_growth_is_no_spike() -> None:
    assert held({2020: "1", 2021: "5", 2022: "25"}) == {2021: "own-jump"}, "and 2022 has no accepted year beside it"
    peers = {f"62{n:02}00": {2020: "1", 2021: "5", 2022: "25"} for n in range(5)}
    assert held({2020: "1", 2021: "5", 2022: "25"}, peers) == {}


def test_a_move_is_compared_with_that_of_the_others() -> None:
    peers = {f"62{n:02}00": {2021: "100", 2022: f"{200 + n}"} for n in range(5)}
    assert held({2021: "100", 2022: "66"}, peers) == {2022: "peer-jump"}
    assert held({2021: "100", 2022: "70"}, peers) == {}


def test_percentages_are_compared_in_points() -> None:
    assert held({2021: "10", 2022: "39.99"}, measure=SHARE) == {}
    assert held({2021: "10", 2022: "40"}, measure=SHARE) == {2022: "own-jump"}


def test_years_apart_are_not_compared_without_others() -> None:
    assert held({2008: "100", 2012: "400"}) == {}


@pytest.mark.parametrize(("value", "rules"), [("444385", {2022: "same-as-other"}), ("4444", {})])
def test_another_regions_very_figure_is_held(value: str, rules: dict[int, str]) -> None:
    assert held({2022: value}, {"620100": {2022: value}}) == rules


def test_what_a_person_confirmed_is_not_doubted_and_still_serves_as_a_reference() -> None:
    series = {2020: Decimal(100), 2021: Decimal(500), 2022: Decimal(510)}
    assert Screen(Peers(LEVEL, {HOME: series}), HOME, {2021}).findings() == {}
    assert list(Screen(Peers(LEVEL, {HOME: series}), HOME).findings()) == [2020], "without it, the odd year out is the first"


@given(st.dictionaries(st.integers(2000, 2012), st.decimals(min_value=0, max_value=1000, places=1)), st.randoms())
def test_the_verdict_does_not_depend_on_the_order_of_arrival(series: dict[int, Decimal], chance: object) -> None:
    years = list(series)
    chance.shuffle(years)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert (
        Screen(Peers(LEVEL, {HOME: {year: series[year] for year in years}}), HOME).findings()
        == Screen(Peers(LEVEL, {HOME: series}), HOME).findings()
    )
