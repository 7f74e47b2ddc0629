"""What would be free if some obstacles went: against a plain count, and by hand."""

from collections.abc import Collection
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from project_svc.obstacles.rules import HeldUp, at_stake, leverage_of, pairs_worth_fixing

OBSTACLES = ("a", "b", "c", "d")
MONEY = st.none() | st.integers(0, 9).map(Decimal)
PROJECTS = st.lists(st.tuples(st.sets(st.sampled_from(OBSTACLES), min_size=1), MONEY, MONEY, st.booleans()), max_size=6).map(
    lambda given: [
        HeldUp(f"p{number}", frozenset(held), stake, total, reported)
        for number, (held, stake, total, reported) in enumerate(given)
    ]
)
SINGLES: dict[tuple[str, ...], Collection[str]] = {(each,): (each,) for each in OBSTACLES}


def counted(projects: Collection[HeldUp], removed: set[str]) -> tuple[set[str], Decimal, int]:
    """Who is free with these gone, the known money, and how many have none known; one obstacle struck off after the other."""
    left = {each.project_id: set(each.obstacles) for each in projects}
    for obstacle in removed:
        for each in left.values():
            each.discard(obstacle)
    free = {identity for identity, obstacles in left.items() if not obstacles}
    amounts = [each.at_stake_wan for each in projects if each.project_id in free]
    return free, sum((each for each in amounts if each is not None), Decimal()), amounts.count(None)


@settings(max_examples=60, deadline=None)
@given(PROJECTS)
def test_each_fix_frees_those_that_nothing_else_holds(projects: list[HeldUp]) -> None:
    found = leverage_of(projects, {**SINGLES, **pairs_worth_fixing(projects)})
    for each in found:
        free, money, unknown = counted(projects, set(each.obstacles))
        assert (set(each.freed), each.at_stake_wan, each.unknown_plans) == (free, money, unknown)
        assert each.touched == sum(bool(project.obstacles & set(each.obstacles)) for project in projects)
    assert [each.at_stake_wan for each in found] == sorted((each.at_stake_wan for each in found), reverse=True)


@settings(max_examples=60, deadline=None)
@given(PROJECTS)
def test_every_pair_that_frees_more_than_its_two_alone_is_looked_at(projects: list[HeldUp]) -> None:
    pairs = pairs_worth_fixing(projects)
    for first in OBSTACLES:
        for second in OBSTACLES:
            alone = counted(projects, {first})[0] | counted(projects, {second})[0]
            together = counted(projects, {first, second})[0]
            if first < second and together > alone:
                assert (first, second) in pairs


def test_money_at_stake_is_what_the_plan_leaves_and_all_of_it_while_nothing_was_reported() -> None:
    assert at_stake(Decimal(2000), Decimal(1500)) == 500
    assert at_stake(Decimal(2000), Decimal(2100)) == 0
    assert at_stake(Decimal(2000), None) == 2000
    assert at_stake(None, Decimal(1500)) is None
