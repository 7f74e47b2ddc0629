"""Rounding, percentages and figures against the vectors of `domain.md` §2.1, §2.2, §3.3."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.decimals import (
    Figure,
    Rounding,
    UnknownReason,
    adds_up,
    exact_arithmetic,
    measured,
    parse_figure,
    percent,
    plain,
    ratio,
    round_half_even,
    round_half_up,
    round_to,
)

D = Decimal
decimals = st.decimals(min_value=-(10**12), max_value=10**12, places=6)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("12.1498", 1, "12.1"),
        ("10.5002", 0, "11"),
        ("1.050", 1, "1.0"),
        ("0.35", 1, "0.4"),
        ("2500", -3, "2E+3"),
        ("-0.0365", 3, "-0.036"),
        ("8.53459", 2, "8.53"),
    ],
)
def test_half_even_rounds_as_gb_t_8170_does(value: str, places: int, rounded: str) -> None:
    result = round_half_even(D(value), places)
    assert (result, result.as_tuple().exponent) == (D(rounded), -places)


@pytest.mark.parametrize(
    ("value", "places", "up", "even"),
    [
        ("1.050", 1, "1.1", "1.0"),
        ("2.25", 1, "2.3", "2.2"),
        ("-0.0365", 3, "-0.037", "-0.036"),
        ("88.345", 2, "88.35", "88.34"),
        ("0.35", 1, "0.4", "0.4"),
    ],
)
def test_the_two_roundings_differ_where_the_standard_says(value: str, places: int, up: str, even: str) -> None:
    assert plain(round_half_up(D(value), places)) == up
    assert plain(round_half_even(D(value), places)) == even


@pytest.mark.parametrize("rounding", Rounding)
def test_a_small_negative_number_rounds_to_a_zero_without_sign(rounding: Rounding) -> None:
    assert plain(round_to(D("-0.04"), 1, rounding)) == "0.0"


def test_rounding_reaches_far_beyond_the_default_precision() -> None:
    assert round_half_up(D("123456789012345678901234567890.125"), 2) == D("123456789012345678901234567890.13")


@given(value=decimals, places=st.integers(0, 6), rounding=st.sampled_from(Rounding))
def test_rounding_is_symmetric_final_and_never_off_by_more_than_half(value: Decimal, places: int, rounding: Rounding) -> None:
    rounded = round_to(value, places, rounding)
    assert round_to(-value, places, rounding) == -rounded
    assert round_to(rounded, places, rounding) == rounded
    assert abs(rounded - value) * 2 <= D(1).scaleb(-places)


@pytest.mark.parametrize(
    ("part", "whole", "places", "share"),
    [
        ("629.0", "647.4", 3, "97.158"),
        ("629.0", "647.4", 1, "97.2"),
        ("313.64", "1015", 2, "30.90"),
        ("206", "255", 1, "80.8"),
        ("129", "270", 1, "47.8"),
        ("122", "124", 1, "98.4"),
        ("96", "155", 1, "61.9"),
        ("31", "64", 4, "48.4375"),
        ("31", "64", 1, "48.4"),
        ("65", "91", 1, "71.4"),
    ],
)
def test_percentages_come_out_as_the_published_pages_have_them(part: str, whole: str, places: int, share: str) -> None:
    assert plain(percent(D(part), D(whole), places) or D()) == share


def test_the_lead_over_the_schedule_is_computed_on_unrounded_numbers() -> None:
    done = percent(D("629.0"), D("647.4"))
    elapsed = percent(10, 12)
    assert done is not None
    assert elapsed is not None
    assert (plain(round_half_up(done, 1)), plain(round_half_up(elapsed, 3))) == ("97.2", "83.333")
    assert round_half_up(done - elapsed, 1) == D("13.8")
    assert round_half_up(done, 1) - round_half_up(elapsed, 1) == D("13.9"), "the wrong way: a difference of rounded numbers"


def test_a_first_quarter_is_ahead_of_its_quarter_of_the_year() -> None:
    done = percent(D("313.64"), D(1015))
    assert done is not None
    assert plain(round_half_up(done - 25, 2)) == "5.90"


def test_nothing_of_nothing_is_unknown_and_not_zero() -> None:
    assert percent(0, 0, 1) is None
    assert percent(D(5), D("0.00")) is None
    assert ratio(1, 0) is None


def test_a_ratio_keeps_more_digits_than_anything_published() -> None:
    third = ratio(1, 3)
    assert third is not None
    assert len(third.as_tuple().digits) == 60


def test_real_growth_and_the_two_year_average_match_the_published_values() -> None:
    with exact_arithmetic():
        real = (D(330) / D(300) / D("1.045") - 1) * 100
        average = ((D("1.105") * D("1.015")).sqrt() - 1) * 100
    assert round_half_up(real, 6) == D("5.263158")
    assert round_half_up(average, 6) == D("5.904438")


@pytest.mark.parametrize(("total", "fits"), [(562641, True), (562642, True), (562643, True), (562644, False), (562638, False)])
def test_parts_of_the_national_gdp_may_miss_the_total_by_half_a_unit_for_each_number(total: int, fits: bool) -> None:
    assert adds_up([D(29137), D(228636), D(304868)], D(total), unit=D(1)) is fits


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("13.606013", "%", "13.61%"),
        ("7.0", "%", "7%"),
        ("-0.004", "%", "0%"),
        ("0.093240", "比值", "比值0.0932"),
        ("0.35", "倍", "0.35倍"),
        ("444385", "万元", "444385万元"),
    ],
)
def test_a_figure_reads_with_its_unit_and_without_idle_digits(value: str, unit: str, said: str) -> None:
    assert measured(D(value), unit) == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.50"),
        ("-1.3", "-1.3"),
        ("+4", "4"),
        ("1,234,567.8", "1234567.8"),
        (" 6.4 ", "6.4"),
        ("\uff11\uff12\uff0e\uff15", "12.5"),
        ("\u22120.5", "-0.5"),
    ],
)
def test_a_number_is_read_exactly_as_written(text: str, value: str) -> None:
    assert parse_figure(text) == Figure(D(value), None)
    assert plain(parse_figure(text).value or D()) == value


@pytest.mark.parametrize("text", ["*", "**", "***", "\uff0a\uff0a", "**%", "1*.5", "-*", " ** "])
def test_a_masked_figure_is_unknown_however_many_characters_hide_it(text: str) -> None:
    assert parse_figure(text) == Figure(None, UnknownReason.MASKED)


@pytest.mark.parametrize("text", [None, "", "  ", "-", "—", "…", "\u3000"])
def test_an_empty_figure_is_not_published(text: str | None) -> None:
    assert parse_figure(text) == Figure(None, UnknownReason.NOT_PUBLISHED)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e5", "12,34", "4..5", "6.4个", ".5", "5.", "0x1F", "٣", "8%"])
def test_what_is_no_number_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match="不是数值"):
        parse_figure(text)


def test_a_figure_is_a_value_or_a_reason_and_never_both() -> None:
    with pytest.raises(ValueError, match="二选一"):
        Figure(D(1), UnknownReason.MASKED)
    with pytest.raises(ValueError, match="二选一"):
        Figure(None, None)


@given(value=decimals)
def test_a_printed_decimal_reads_back_as_itself(value: Decimal) -> None:
    assert parse_figure(plain(value)).value == value
