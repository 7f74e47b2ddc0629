"""The cheapest mix against every mix there is, and against the official board."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indicator_svc.observations.rules import Availability, Figure
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import Row, compute
from indicator_svc.what_ifs.cheapest import cheapest
from indicator_svc.what_ifs.contest import Contest, Offer, Steps
from indicator_svc.what_ifs.relaxation import MILLION, Relaxation
from indicator_svc.what_ifs.rules import Asked, Change, lever_of, supposing
from indicator_svc.what_ifs.totals import Account
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item

Q2 = Period.parse("2022-Q2")
PEERS = ("620100", "620200", "620300", "620400", "620500")
OWN = "620200"
CODES = ("E01", "E02", "E03", "L06")
METHODS: list[dict[str, Any]] = [
    {"method": "rank", "params": {}},
    {"method": "efficacy", "params": {}},
    {"method": "efficacy", "params": {}, "direction": "lower"},
    {"method": "target", "params": {"target": "8"}},
    {"method": "versus_average", "params": {"average": "3"}},
]
COSTS = st.tuples(st.sampled_from(["0", "1", "2.5", "7"]), st.sampled_from(["0", "3"]))
Field = dict[tuple[str, str], Figure]
VALUES = st.integers(-3, 9).map(lambda value: Figure("2022-M06", Decimal(value), Availability.KNOWN))
FIELDS = st.fixed_dictionaries({(region, code): VALUES for region in PEERS for code in CODES})
UNKNOWN = Figure("2022-M06", None, Availability.MISSING)


def scheme_of(methods: Sequence[dict[str, Any]], **changes: Any) -> Scheme:
    groups = ("main", "main", "main", "six_guarantees")
    items = [
        an_item(indicator=code, group=group, weight=weight, **method)
        for code, group, weight, method in zip(CODES, groups, ("30", "20", "10", "40"), methods, strict=True)
    ]
    body = a_scheme(*items, **{"peers": list(PEERS), "regions_watched": [], "pending": "rank_without", **changes})
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def own_row(scheme: Scheme, field: Field, changes: Sequence[Change] = ()) -> Row:
    board = compute(scheme, Q2, supposing(Questions(field, {}), changes))
    return next(row for row in board.rows if row.region == OWN)


def contest_of(scheme: Scheme, field: Field, costs: Sequence[tuple[str, str]], most: int) -> Contest:
    rows = {row.region: row for row in compute(scheme, Q2, Questions(field, {})).rows}
    own = rows.pop(OWN)
    asked = Asked(OWN, most, dict.fromkeys(CODES, Decimal("0.5")), {}, {})
    offers = [
        Offer(lever_of(scheme, (number, own, rows), asked), Decimal(per_step), Decimal(fixed))
        for number, (per_step, fixed) in enumerate(costs)
    ]
    accounts = {region: Account.of(row, scheme) for region, row in rows.items() if row.rank is not None}
    return Contest(Account.of(own, scheme), accounts, offers)


def official_rank(scheme: Scheme, field: Field, contest: Contest, steps: Steps) -> int | None:
    levers = [offer.lever for offer in contest.offers]
    moved = [Change(OWN, lever.code, lever.value(each)) for lever, each in zip(levers, steps, strict=True)]
    return own_row(scheme, field, moved).rank


@settings(max_examples=40, deadline=None)
@given(
    FIELDS,
    st.lists(st.sampled_from(METHODS), min_size=4, max_size=4),
    st.lists(COSTS, min_size=3, max_size=3),
    st.integers(1, 4),
    st.sampled_from(["raw", "published"]),
    st.booleans(),
)
def test_no_mix_that_reaches_the_rank_is_cheaper_and_one_step_less_does_not_reach_it(
    field: Field, methods: list[dict[str, Any]], costs: list[tuple[str, str]], rank: int, rank_on: str, pending: bool
) -> None:
    if pending:
        field = {**field, ("620300", "E03"): UNKNOWN, (OWN, "L06"): UNKNOWN}
    scheme = scheme_of(methods, rank_on=rank_on, publish_places=1)
    contest = contest_of(scheme, field, costs, most=3)
    found = cheapest(contest, rank)
    every = {steps: official_rank(scheme, field, contest, steps) for steps in product(range(4), repeat=3)}
    assert {steps: contest.rank(steps) for steps in every} == every
    enough = [contest.cost(steps) for steps, reached in every.items() if reached is not None and reached <= rank]
    if found.steps is None:
        assert enough == []
        assert found.best_rank == every[3, 3, 3]
        return
    assert (contest.cost(found.steps), found.proven) == (min(enough), True)
    assert found.at_least == Relaxation(contest).cost(found.steps)
    for number, each in enumerate(found.steps):
        if each:
            less = (*found.steps[:number], each - 1, *found.steps[number + 1 :])
            assert (every[less] or 0) > rank


def test_a_search_that_ends_early_says_what_no_mix_undercuts() -> None:
    values = {"620100": "9", "620200": "1", "620300": "6", "620400": "7.5", "620500": "8.5"}
    field = {
        (region, code): Figure("2022-M06", Decimal(value), Availability.KNOWN)
        for region, value in values.items()
        for code in CODES
    }
    scheme = scheme_of([METHODS[1], METHODS[3], METHODS[4], METHODS[0]])
    contest = contest_of(scheme, field, [("1", "3"), ("2.5", "0"), ("7", "3"), ("2", "2")], most=40)
    exact, early = cheapest(contest, 2), cheapest(contest, 2, boxes=1)
    assert exact.steps is not None
    assert early.steps is not None
    assert (exact.proven, early.proven) == (True, False)
    assert early.at_least <= exact.at_least == contest.cost(exact.steps) * MILLION
    assert contest.rank(early.steps) <= 2
    assert contest.cost(early.steps) >= contest.cost(exact.steps)
