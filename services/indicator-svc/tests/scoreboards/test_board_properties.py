"""What must hold for every scoreboard, whatever the figures: order, unknowns, sums."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.observations.rules import Availability, Figure, missing
from indicator_svc.schemes.definition import Group, Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.documents import document_of
from indicator_svc.scoreboards.items import Questions, column
from indicator_svc.scoreboards.rules import Board, Row, compute
from shared.kit.decimals import UnknownReason
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item

Q2 = Period.parse("2022-Q2")
PEERS = ("620100", "620200", "620300", "620400", "620500", "620600")
CODES = ("E02", "L06", "B04", "B05")
MIX = {
    "parts": [
        {"method": "target", "params": {"target": "8"}, "share": "0.6"},
        {"method": "rank", "params": {}, "share": "0.4"},
    ]
}
METHODS = st.sampled_from(
    [
        ("mix", MIX),
        ("rank", {}),
        ("efficacy", {}),
        ("target", {"target": "8"}),
        ("linear", {}),
        ("pace", {"target": "10"}),
        ("versus_average", {"average": "3"}),
    ]
)
UNKNOWN = st.sampled_from(
    [
        missing("2022-M06"),
        Figure("2022-M06", None, Availability.HELD),
        Figure("2022-M06", None, Availability.UNKNOWN, UnknownReason.MASKED),
    ]
)
# Few distinct values, so that ties are common.
KNOWN = st.decimals(-9, 9, places=0).map(lambda value: Figure("2022-M06", value, Availability.KNOWN))
CELLS = st.tuples(*[KNOWN | UNKNOWN] * len(CODES))
Field = dict[tuple[str, str], Figure]
FIELDS = st.dictionaries(st.sampled_from(PEERS), CELLS, min_size=1).map(
    lambda rows: {(region, code): cell for region, cells in rows.items() for code, cell in zip(CODES, cells, strict=True)}
)
POLICIES = st.sampled_from(["wait", "rank_without"])
Method = tuple[str, dict[str, Any]]


def scheme_of(method: Method, **changes: Any) -> Scheme:
    """A main item, one of the six guarantees, and two bonus items that together leave the scheme's range."""
    bonus = {"group": "bonus", "weight": None, "method": "per_unit", "params": {"points_per_unit": "1", "min": "-4", "max": "4"}}
    items = [
        an_item(method=method[0], params=method[1], weight="60"),
        an_item(indicator="L06", group="six_guarantees", method="rank", params={}, weight="40"),
        *(an_item(indicator=code, **bonus) for code in ("B04", "B05")),
    ]
    body = a_scheme(*items, **{"peers": list(PEERS), "regions_watched": [], **changes})
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def board(scheme: Scheme, field: Mapping[tuple[str, str], Figure]) -> Board:
    return compute(scheme, Q2, Questions(field, {}))


def is_complete(row: Row) -> bool:
    return all(item.value is not None for item in row.items)


@given(FIELDS, METHODS, POLICIES, st.randoms())
def test_a_board_does_not_depend_on_the_order_of_input(field: Field, method: Method, policy: str, chance: Any) -> None:
    mixed, peers = list(field.items()), list(PEERS)
    chance.shuffle(mixed)
    chance.shuffle(peers)
    straight, other = scheme_of(method, pending=policy), scheme_of(method, pending=policy, peers=peers)
    assert document_of(board(straight, field)) == document_of(board(other, dict(mixed)))


@given(FIELDS, METHODS)
def test_an_item_is_scored_as_if_those_without_a_figure_were_not_there(field: Field, method: Method) -> None:
    scheme = scheme_of(method)
    for item in scheme.items:
        known = [region for region in PEERS if field.get((region, item.indicator), missing(None)).value is not None]
        scored = column(item, scheme, Q2, Questions(field, {}))
        alone = column(item, scheme_of(method, peers=known), Q2, Questions(field, {})) if known else {}
        assert {region: scored[region] for region in known} == alone
        assert all(scored[region].score is None and scored[region].rank is None for region in PEERS if region not in known)


@given(FIELDS, METHODS)
def test_what_is_unknown_changes_nothing_for_whoever_has_every_figure(field: Field, method: Method) -> None:
    whole = board(scheme_of(method), field)
    complete = [row.region for row in whole.rows if is_complete(row)]
    totals = {row.region: row.total for row in whole.rows if row.total is not None}
    assert set(totals) == set(complete), "a total is there exactly where nothing is unknown"
    ranks = {row.region: row.rank for row in whole.rows if row.rank is not None}
    assert ranks == {region: 1 + sum(other > total for other in totals.values()) for region, total in totals.items()}
    other_policy = {row.region: row.total for row in board(scheme_of(method, pending="rank_without"), field).rows}
    assert totals == {region: other_policy[region] for region in complete}


@given(FIELDS)
def test_blanking_a_city_leaves_the_others_in_their_order(field: Field) -> None:
    """With an item that looks at nobody else's figure, the others keep their very totals."""
    scheme = scheme_of(("linear", {}), items=[an_item(method="linear", params={"full": "9"})])
    before = {row.region: row.total for row in board(scheme, field).rows}
    for blank in PEERS:
        after = {row.region: row.total for row in board(scheme, field | {(blank, "E02"): missing(None)}).rows}
        assert after == before | {blank: None}


@given(FIELDS, METHODS, POLICIES)
def test_the_parts_add_up_to_the_total(field: Field, method: Method, policy: str) -> None:
    for row in board(scheme_of(method, pending=policy), field).rows:
        if row.sums is None or row.total is None:
            continue
        assert row.total == row.sums.main + row.sums.six_guarantees + row.sums.bonus
        points = {group: [item.score for item in row.items if item.group is group and item.score is not None] for group in Group}
        assert row.sums.bonus == min(max(sum(points[Group.BONUS], Decimal()), Decimal(-5)), Decimal(5))
        if is_complete(row):
            assert row.sums.main == sum(points[Group.MAIN], Decimal())
            assert row.sums.six_guarantees == sum(points[Group.SIX_GUARANTEES], Decimal())
