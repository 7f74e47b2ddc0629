"""Golden vectors of `domain.md` §4.7 and what must hold for every plan."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bond_svc.balances.rules import (
    Balance,
    BondTerms,
    Repayment,
    YearFlow,
    balance,
    flow_flaws,
    principal_plan,
    term_flaws,
)
from shared.kit.decimals import round_half_up

PRINCIPAL = Decimal(10_000)
RATE = Decimal("3.20")
NET = (0, 0, *(2_100,) * 8)


def terms(repayment: Repayment, **changes: object) -> BondTerms:
    given: dict[str, object] = {"principal_wan": PRINCIPAL, "rate_pct": RATE, "term_years": 10, "repayment": repayment}
    return BondTerms(**(given | changes))  # type: ignore[arg-type]  # each caller names fields of their own type


def flows(net: Sequence[int | Decimal] = NET, funded: dict[int, int] | None = None) -> list[YearFlow]:
    """Net income as income that costs nothing, with debt service funded in some years."""
    return [
        YearFlow(year, Decimal(each), Decimal(), Decimal(), funded_debt_service_wan=Decimal((funded or {}).get(year, 0)))
        for year, each in enumerate(net, start=1)
    ]


BULLET = terms(Repayment.BULLET)
EQUAL = terms(Repayment.EQUAL_PRINCIPAL)
GRACE = terms(Repayment.GRACE, grace_years=5)


def dscr(result: Balance, year: int) -> Decimal:
    value = result.years[year - 1].dscr
    assert value is not None
    return round_half_up(value, 4)


@pytest.mark.parametrize(
    ("bond", "interest", "debt_service", "exact", "shown", "lowest"),
    [
        pytest.param(BULLET, 3_200, 13_200, "1.2727", "1.27", -640, id="A bullet"),
        pytest.param(EQUAL, 1_760, 11_760, "1.4286", "1.43", -2_608, id="B equal principal"),
        pytest.param(GRACE, 2_560, 12_560, "1.3376", "1.34", -640, id="C five years of grace"),
    ],
)
def test_the_vectors_of_the_domain_page_come_out(
    bond: BondTerms, interest: int, debt_service: int, exact: str, shown: str, lowest: int
) -> None:
    result = balance(bond, flows())

    assert [result.interest_wan, result.debt_service_wan, result.net_income_wan] == [interest, debt_service, 16_800]
    assert round_half_up(result.coverage_ratio, 4) == Decimal(exact)
    assert round_half_up(result.coverage_ratio, 2) == Decimal(shown)
    assert [result.cash_test.lowest_wan, result.cash_test.lowest_year] == [lowest, 2]


@pytest.mark.parametrize(
    ("bond", "ratios"),
    [
        pytest.param(BULLET, {3: "6.5625", 9: "6.5625", 10: "0.2035"}, id="A"),
        pytest.param(EQUAL, {3: "1.6720", 10: "2.0349"}, id="B"),
        pytest.param(GRACE, {6: "0.9052", 10: "1.0174"}, id="C"),
    ],
)
def test_the_yearly_cover_of_the_domain_page_comes_out(bond: BondTerms, ratios: dict[int, str]) -> None:
    result = balance(bond, flows())

    assert {year: dscr(result, year) for year in ratios} == {year: Decimal(value) for year, value in ratios.items()}


def test_the_interest_of_equal_principal_falls_year_by_year() -> None:
    assert [year.interest_wan for year in balance(EQUAL, flows()).years] == list(range(320, 0, -32))


@pytest.mark.parametrize(
    ("bond", "funded"),
    [
        pytest.param(BULLET, {1: 320, 2: 320}, id="A"),
        pytest.param(EQUAL, {1: 1_320, 2: 1_288}, id="B"),
        pytest.param(GRACE, {1: 320, 2: 320}, id="C"),
    ],
)
def test_every_case_covers_its_debt_but_passes_the_cash_test_only_when_the_building_years_are_funded(
    bond: BondTerms, funded: dict[int, int]
) -> None:
    unfunded, with_funding = balance(bond, flows()), balance(bond, flows(funded=funded))

    assert unfunded.meets(Decimal("1.20"))
    assert not unfunded.cash_test.passes
    assert with_funding.coverage_ratio == unfunded.coverage_ratio
    assert with_funding.years[1].cumulative_wan == 0


def test_funding_the_building_years_is_not_enough_when_a_later_year_falls_behind() -> None:
    late = flows(net=(2_100, *(0,) * 8, 16_800))

    assert balance(BULLET, late).cash_test.lowest_year == 9


def test_ten_percent_less_income_fails_the_default_and_passes_the_floor() -> None:
    less = balance(BULLET, flows(net=(0, 0, *(1_890,) * 8)))

    assert round_half_up(less.coverage_ratio, 4) == Decimal("1.1455")
    assert balance(BULLET, flows()).coverage_if(Decimal(-10)) == less.coverage_ratio
    assert (less.meets(Decimal("1.20")), less.meets(Decimal("1.10"))) == (False, True)


def test_a_ratio_that_is_shown_as_the_threshold_still_fails_it() -> None:
    """Net income of 15,775.32 over 13,200 is 1.1951: two places say 1.20."""
    nearly = balance(BULLET, flows(net=(0, 0, *(Decimal("1971.915"),) * 8)))

    assert round_half_up(nearly.coverage_ratio, 4) == Decimal("1.1951")
    assert round_half_up(nearly.coverage_ratio, 2) == Decimal("1.20")
    assert not nearly.meets(Decimal("1.20"))


def test_a_ratio_equal_to_the_threshold_meets_it() -> None:
    even = balance(BULLET, flows(net=(0, 0, *(1_980,) * 8)))

    assert even.coverage_ratio == Decimal("1.2")
    assert even.meets(Decimal("1.20"))
    assert not even.exceeds(Decimal("1.20"))


def test_market_borrowing_is_debt_too() -> None:
    borrowed = [YearFlow(f.year, f.income_wan, f.operating_cost_wan, f.tax_wan, Decimal(100)) for f in flows()]

    assert balance(BULLET, borrowed).debt_service_wan == 14_200


@pytest.mark.parametrize(("years", "payments"), [(9, 1), (10, 2), (30, 2)])
def test_interest_is_paid_half_yearly_from_ten_years_on(years: int, payments: int) -> None:
    assert terms(Repayment.BULLET, term_years=years).payments_a_year == payments


def test_the_custom_of_the_market_can_be_overruled() -> None:
    assert terms(Repayment.BULLET, interest_payments=1).payments_a_year == 1


@pytest.mark.parametrize(
    ("bond", "fields"),
    [
        pytest.param(terms(Repayment.BULLET, principal_wan=Decimal()), ["principal_wan"], id="no principal"),
        pytest.param(terms(Repayment.BULLET, rate_pct=Decimal("-0.01")), ["rate_pct"], id="negative rate"),
        pytest.param(terms(Repayment.BULLET, term_years=31), ["term_years"], id="term beyond thirty years"),
        pytest.param(terms(Repayment.BULLET, term_years=0), ["term_years"], id="no term"),
        pytest.param(terms(Repayment.GRACE, grace_years=10), ["grace_years"], id="grace as long as the term"),
        pytest.param(
            terms(Repayment.CUSTOM, instalments_wan=(Decimal(9_000),)),
            ["instalments_wan"] * 2,
            id="instalments too few and too small",
        ),
        pytest.param(
            terms(Repayment.CUSTOM, term_years=2, instalments_wan=(Decimal(-1), Decimal(10_001))),
            ["instalments_wan"],
            id="a negative instalment",
        ),
    ],
)
def test_terms_that_no_bond_can_have_are_named(bond: BondTerms, fields: list[str]) -> None:
    assert [flaw.field for flaw in term_flaws(bond)] == fields


def test_a_year_left_out_repeated_or_outside_the_term_is_a_flaw_each() -> None:
    plan = [YearFlow(year, Decimal(), Decimal(), Decimal()) for year in (1, 2, 2, 4)]

    assert [flaw.message for flaw in flow_flaws(3, plan)] == [
        "现金流缺少第 3 年。",
        "现金流重复填报第 2 年。",
        "第 4 年不在债券存续期（1 至 3 年）内。",
    ]


def test_sound_terms_and_flows_have_no_flaws() -> None:
    assert (term_flaws(GRACE), flow_flaws(10, flows())) == ([], [])


money = st.decimals(min_value="0.000001", max_value=10_000_000, places=6)
rates = st.decimals(min_value=0, max_value=15, places=4)


@st.composite
def bonds(draw: st.DrawFn) -> BondTerms:
    term = draw(st.integers(1, 30))
    repayment = draw(st.sampled_from([Repayment.BULLET, Repayment.EQUAL_PRINCIPAL, Repayment.GRACE]))
    return BondTerms(draw(money), draw(rates), term, repayment, grace_years=draw(st.integers(0, term - 1)))


@given(bonds())
def test_the_principal_repaid_is_the_principal_issued(bond: BondTerms) -> None:
    plan = principal_plan(bond)

    assert len(plan) == bond.term_years
    assert sum(plan) == bond.principal_wan
    assert min(plan) >= 0


@given(bonds(), st.data())
def test_a_balance_does_not_depend_on_the_order_of_its_flows(bond: BondTerms, data: st.DataObject) -> None:
    net = data.draw(st.lists(money, min_size=bond.term_years, max_size=bond.term_years))
    plan = flows(net)

    assert balance(bond, data.draw(st.permutations(plan))) == balance(bond, plan)


@given(bonds(), st.data())
def test_years_add_up_to_the_whole(bond: BondTerms, data: st.DataObject) -> None:
    net = data.draw(st.lists(money, min_size=bond.term_years, max_size=bond.term_years))
    result = balance(bond, flows(net))

    assert result.years[-1].cumulative_wan == result.net_income_wan - result.debt_service_wan
    assert result.years[0].opening_principal_wan == bond.principal_wan


@given(bonds(), st.data())
def test_more_income_never_lowers_the_cover(bond: BondTerms, data: st.DataObject) -> None:
    net = data.draw(st.lists(money, min_size=bond.term_years, max_size=bond.term_years))
    more = [each + data.draw(money) for each in net]

    assert balance(bond, flows(more)).coverage_ratio > balance(bond, flows(net)).coverage_ratio
