"""The golden vectors of `domain.md` §1.2 and §1.6."""

from decimal import Decimal
from fractions import Fraction

import pytest

from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes import methods
from indicator_svc.schemes.methods import settle
from shared.kit.decimals import Rounding

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER

EXAMPLE_A = [
    # region, x, rank, M1, M3, M4, M6: weight 12, target 8, province 8.5
    ("620900", "14.8", 1, "12.0000", "12.00", "12.0000", "12.00"),
    ("622900", "13.6", 2, "12.0000", "11.40", "11.6422", "12.00"),
    ("620300", "12.5", 3, "12.0000", "10.80", "11.3143", "12.00"),
    ("620800", "11.0", 4, "12.0000", "10.20", "10.8671", "10.90"),
    ("621100", "10.3", 5, "12.0000", "9.60", "10.6584", "10.20"),
    ("620400", "9.1", 6, "12.0000", "9.00", "10.3006", "9.00"),
    ("620100", "8.2", 7, "12.0000", "8.40", "10.0323", "8.10"),
    ("620500", "7.7", 8, "11.5500", "7.80", "9.8832", "7.60"),
    ("621000", "7.7", 8, "11.5500", "7.80", "9.8832", "7.60"),
    ("620200", "6.4", 10, "9.6000", "6.60", "9.4957", "6.30"),
    ("620600", "6.4", 10, "9.6000", "6.60", "9.4957", "6.30"),
    ("620700", "5.9", 12, "8.8500", "5.40", "9.3466", "5.80"),
    ("621200", "4.2", 13, "6.3000", "4.80", "8.8398", "4.10"),
    ("623000", "-1.3", 14, "0.0000", "4.20", "7.2000", "0.00"),
]


@pytest.mark.parametrize(
    ("x", "place", "m1", "m3", "m4", "m6"), [row[1:] for row in EXAMPLE_A], ids=[row[0] for row in EXAMPLE_A]
)
def test_example_a_comes_out_to_the_last_digit(x: str, place: int, m1: str, m3: str, m4: str, m6: str) -> None:
    value = Decimal(x)
    assert settle(methods.target(12, value, 8, HIGHER), 4) == Decimal(m1)
    assert settle(methods.rank(12, place, Decimal("0.05")), 2) == Decimal(m3)
    assert settle(methods.efficacy(12, value, Decimal("14.8"), Decimal("-1.3")), 4) == Decimal(m4)
    assert settle(methods.versus_average(12, value - Decimal("8.5"), Decimal("0.7"), 1), 2) == Decimal(m6)


def test_the_plain_mean_of_example_a_is_not_the_provinces_growth() -> None:
    mean = sum((Fraction(x) for _, x, *_ in EXAMPLE_A), Fraction(0)) / len(EXAMPLE_A)
    assert settle(mean, 4) == Decimal("8.3214")
    assert settle(mean, 1) != Decimal("8.5")


@pytest.mark.parametrize(("x", "place", "score"), [("6.4", 10, "8.4000"), ("9.1", 6, "10.8000"), ("-1.3", 14, "1.6800")])
def test_sixty_percent_target_and_forty_percent_rank(x: str, place: int, score: str) -> None:
    mixed = methods.target(12, Decimal(x), 8, HIGHER) * Fraction(6, 10) + methods.rank(12, place, Decimal("0.05")) * Fraction(
        4, 10
    )
    assert settle(mixed, 4) == Decimal(score)


def test_an_efficacy_coefficient_leaves_its_bounds_where_they_are_fixed() -> None:
    assert settle(methods.coefficient(Decimal("5.81"), 12, 6), 4) == Decimal("58.7333")
    assert settle(methods.coefficient(Decimal("5.81"), 12, 6), 2) == Decimal("58.73")


def test_an_efficacy_coefficient_of_equal_values_is_full() -> None:
    assert methods.coefficient(5, 5, 5) == 100


@pytest.mark.parametrize(("excess", "score"), [("25", "18.3333"), ("-15", "3.7500"), ("10", "15.0000"), ("0", "10.0000")])
def test_increments_diminish_from_band_to_band(excess: str, score: str) -> None:
    assert settle(methods.tiered(10, Decimal(excess)), 4) == Decimal(score)


def test_a_static_and_a_dynamic_coefficient_are_mixed() -> None:
    static, dynamic = methods.coefficient(362, 1200, 320), methods.coefficient(Decimal("6.4"), Decimal("14.8"), Decimal("-1.3"))
    assert (settle(static, 4), settle(dynamic, 4)) == (Decimal("61.9091"), Decimal("79.1304"))
    mixed = static * Fraction(4, 10) + dynamic * Fraction(6, 10)
    assert settle(mixed, 4) == Decimal("72.2419")
    below = Decimal("6.4") - Decimal("8.5")
    assert settle(methods.versus_average(100, below, mixed / 100, 1), 4) == Decimal("70.1419"), "21 steps of 0.1 point off"


def test_lower_is_better_in_target_control_and_efficacy() -> None:
    assert settle(methods.target(1, Decimal("4.3"), Decimal("4.0"), LOWER), 4) == Decimal("0.9302")
    assert methods.control(1, Decimal("3.6"), 3) == Fraction(8, 10)
    assert settle(methods.coefficient(Decimal("1.9"), Decimal("0.8"), Decimal("3.1")), 4) == Decimal("80.8696")


@pytest.mark.parametrize(
    ("method", "score"),
    [
        (methods.target(10, -3, 8, HIGHER), 0),
        (methods.target(10, 12, 8, HIGHER, Decimal("1.2")), 12),
        (methods.target(10, 0, 4, LOWER), 10),
        (methods.control(4, 3, 3), 4),
        (methods.control(4, 9, 3), 0),
        (methods.binary(4, 8, 8, HIGHER), 4),
        (methods.binary(4, Decimal("7.99"), 8, HIGHER), 0),
        (methods.binary(4, 8, 8, LOWER), 4),
        (methods.rank(10, 30, Decimal("0.05")), 0),
        (methods.rank(10, 30, Decimal("0.05"), Decimal("0.3")), 3),
        (methods.linear(3, 120, 100), 3),
        (methods.linear(3, 50, 100), Fraction(3, 2)),
    ],
)
def test_methods_keep_within_their_bounds(method: Fraction, score: Fraction | int) -> None:
    assert method == score


@pytest.mark.parametrize(
    ("x", "score"),
    [("0.25", "2.25"), ("0.90", "1.50"), ("0.10", "0"), ("0.30", "3"), ("0.80", "3"), ("0.5", "3"), ("1.2", "0")],
)
def test_a_corridor_falls_off_on_both_sides(x: str, score: str) -> None:
    assert methods.band(3, Decimal(x), Decimal("0.3"), Decimal("0.8"), Decimal("0.2")) == Decimal(score)


@pytest.mark.parametrize(("done", "score"), [(2350, "3.76"), (2600, "4"), (0, "0")])
def test_pace_compares_with_the_share_of_the_year_that_has_passed(done: int, score: str) -> None:
    assert methods.pace(4, done, 5000, Fraction(1, 2)) == Decimal(score)


def test_contribution_share_and_pull_fit_together() -> None:
    share = methods.contribution_share(Decimal("157.2"), 150, Decimal("4949.5"), 4750)
    assert share is not None
    assert settle(share, 4) == Decimal("3.6090")
    assert settle(methods.contribution_pull(Decimal("157.2"), 150, 4750), 4) == Decimal("0.1516")
    assert settle(Fraction(settle(share, 4)) * Fraction("4.2") / 100, 5) == Decimal("0.15158"), (
        "share × the province's published growth"
    )
    assert share / 100 * Fraction("199.5") / 4750 * 100 == methods.contribution_pull(Decimal("157.2"), 150, 4750)


@pytest.mark.parametrize(
    ("before", "now", "places", "points"),
    [(("80.25", 10), ("82.5", 8), 2, "2.25"), (("82.5", 8), ("80.25", 10), -2, "-2.25"), (("80", 3), ("80", 3), 0, "0")],
)
def test_progress_is_places_and_points_gained(before: tuple[str, int], now: tuple[str, int], places: int, points: str) -> None:
    gained = methods.progress((Decimal(before[0]), before[1]), (Decimal(now[0]), now[1]))
    assert (gained.places, gained.points) == (places, Decimal(points))


def test_without_an_increase_there_is_no_contribution_share() -> None:
    assert methods.contribution_share(2, 1, 5, 5) is None


@pytest.mark.parametrize(
    ("value", "places", "up", "even"),
    [
        ("1.050", 1, "1.1", "1.0"),
        ("2.25", 1, "2.3", "2.2"),
        ("-0.0365", 3, "-0.037", "-0.036"),
        ("88.345", 2, "88.35", "88.34"),
        ("0.35", 1, "0.4", "0.4"),
        ("8.53459", 2, "8.53", "8.53"),
    ],
)
def test_scores_are_settled_in_one_step(value: str, places: int, up: str, even: str) -> None:
    assert settle(Fraction(value), places, Rounding.HALF_UP) == Decimal(up)
    assert settle(Fraction(value), places, Rounding.HALF_EVEN) == Decimal(even)
