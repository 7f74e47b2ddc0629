"""A change split over its causes: the sum is the change, whatever the schemes and figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indicator_svc.changes.rules import Cause, Change, Moment, Split, attribute, split
from indicator_svc.changes.sentences import sentence_of
from indicator_svc.observations.rules import Availability, Figure, missing
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.rules import compute
from shared.kit.periods import Period
from shared.testing.indicators_api import a_scheme, an_item

Q2 = Period.parse("2022-Q2")
HOME, NEXT = "620200", "620300"
PEERS = ("620100", HOME, NEXT, "620400")
CODES = ("E02", "L06", "B04")
PARTS = [{"method": "target", "params": {"target": "8"}, "share": "0.6"}, {"method": "rank", "params": {}, "share": "0.4"}]
LINEAR: dict[str, Any] = {"method": "linear", "params": {"full": "10"}}
METHODS = st.sampled_from(
    [("mix", {"parts": PARTS}), ("rank", {}), ("efficacy", {}), ("target", {"target": "7"}), ("versus_average", {})]
)
KNOWN = st.decimals(-9, 12, places=1).map(lambda value: Figure("2022-M06", value, Availability.KNOWN))
EARLIER = st.decimals(-9, 12, places=1).map(lambda value: Figure("2022-M05", value, Availability.KNOWN))
CELLS = st.tuples(*[KNOWN | EARLIER | st.just(missing("2022-M06"))] * len(CODES))
FIELDS = st.tuples(*[CELLS] * (len(PEERS) + 1)).map(
    lambda rows: {
        (region, code): cell
        for region, row in zip((*PEERS, "620000"), rows, strict=True)
        for code, cell in zip(CODES, row, strict=True)
    }
)
SCHEMES = st.builds(
    lambda method, weight, changes: scheme_of(method, weight, **changes),
    METHODS,
    st.integers(1, 99),
    st.fixed_dictionaries(
        {
            "pending": st.sampled_from(["wait", "rank_without"]),
            "rank_on": st.sampled_from(["raw", "published"]),
            "peers": st.permutations(PEERS).map(lambda peers: peers[:3]),
            "bonus_cap": st.sampled_from([["-1", "1"], ["-5", "5"]]),
        }
    ),
)


def scheme_of(method: tuple[str, dict[str, Any]] = ("rank", {}), weight: int = 60, **changes: Any) -> Scheme:
    bonus = {"group": "bonus", "weight": None, "method": "per_unit", "params": {"points_per_unit": "1", "min": "-4", "max": "4"}}
    items = [
        an_item(method=method[0], params=method[1], weight=str(weight)),
        an_item(indicator="L06", group="six_guarantees", weight=str(100 - weight), **LINEAR),
        an_item(indicator="B04", **bonus),
    ]
    body = a_scheme(*items, **{"peers": list(PEERS), "regions_watched": [], **changes})
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def known(value: str, period: str = "2022-M06") -> Figure:
    return Figure(period, Decimal(value), Availability.KNOWN)


def amounts(each: Split) -> dict[Cause, float]:
    assert each.causes is not None
    return {cause: float(amount) for cause, amount in each.causes.items()}


def changes_of(before: Mapping[tuple[str, str], Figure], after: Mapping[tuple[str, str], Figure]) -> dict[str, Change]:
    """By one scheme of one item that counts places, between two fields."""
    scheme = scheme_of(items=[an_item(method="rank", params={"step": "0.25"})])
    moments = (Moment(scheme, Questions(before, {})), Moment(scheme, Questions(after, {})))
    return {change.region: change for change in attribute(Q2, *moments)}


@given(SCHEMES, SCHEMES, FIELDS, FIELDS)
def test_the_causes_add_up_to_the_change_exactly(old: Scheme, new: Scheme, was: Any, now: Any) -> None:
    before, after = compute(old, Q2, Questions(was, {})), compute(new, Q2, Questions(now, {}))
    earlier, later = ({row.region: row for row in board.rows} for board in (before, after))
    for change in attribute(Q2, Moment(old, Questions(was, {})), Moment(new, Questions(now, {}))):
        assert (change.before, change.after) == (earlier.get(change.region), later.get(change.region))
        assert change.ranks[Cause.OTHERS] == (change.after and change.after.rank)
        for each in (change.total, *(item.score for item in change.items)):
            assert (each.causes is None) == (each.delta is None)
            assert each.causes is None or sum(each.causes.values(), Decimal()) == each.delta
        assert sentence_of(change)


@given(SCHEMES, FIELDS)
def test_without_a_change_every_cause_is_nothing(scheme: Scheme, field: Any) -> None:
    moment = Moment(scheme, Questions(field, {}))
    for change in attribute(Q2, moment, moment):
        assert change.total.causes is None or set(change.total.causes.values()) == {Decimal()}
        assert change.before == change.after


def test_a_step_without_a_total_is_told_with_the_next_one() -> None:
    steps = [(Cause.SCHEME, None), (Cause.REVISION, Decimal(7)), (Cause.OWN_VALUE, None), (Cause.OTHERS, Decimal(9))]
    assert amounts(split(Decimal(5), steps)) == {Cause.SCHEME: 0, Cause.REVISION: 2, Cause.OWN_VALUE: 0, Cause.OTHERS: 2}
    assert split(None, steps).causes is None


def test_own_and_others_moves_are_told_apart() -> None:
    """Home passes its neighbour by itself; then a third city passes home."""
    was = {("620100", "E02"): known("1"), (HOME, "E02"): known("4"), (NEXT, "E02"): known("5"), ("620400", "E02"): known("2")}
    now = was | {(HOME, "E02"): known("6"), ("620100", "E02"): known("9")}
    changes = changes_of(was, now)
    assert amounts(changes[HOME].total) == {Cause.SCHEME: 0, Cause.REVISION: 25, Cause.OWN_VALUE: 0, Cause.OTHERS: -25}
    assert changes[HOME].ranks == {Cause.SCHEME: 2, Cause.REVISION: 1, Cause.OWN_VALUE: 1, Cause.OTHERS: 2}
    assert amounts(changes[NEXT].total) == {Cause.SCHEME: 0, Cause.REVISION: 0, Cause.OWN_VALUE: 0, Cause.OTHERS: -50}
    assert sentence_of(changes[NEXT]) == (
        "金昌市：总分由100到50（-50），名次由第1位到第3位；其中其他地区变动-50，变化最大的一项是E02（-50）。"
    )


def test_a_figure_of_a_later_month_is_new_and_one_of_the_same_month_is_a_revision() -> None:
    was = {(region, "E02"): known(str(place), "2022-M05") for place, region in enumerate(PEERS)}
    newer = changes_of(was, was | {("620100", "E02"): known("9")})["620100"].total
    same = changes_of(was, was | {("620100", "E02"): known("9", "2022-M05")})["620100"].total
    assert amounts(newer) == {Cause.SCHEME: 0, Cause.REVISION: 0, Cause.OWN_VALUE: 75, Cause.OTHERS: 0}
    assert amounts(same) == {Cause.SCHEME: 0, Cause.REVISION: 75, Cause.OWN_VALUE: 0, Cause.OTHERS: 0}


def test_a_change_from_pending_is_not_attributed() -> None:
    was = {(region, "E02"): known(str(place)) for place, region in enumerate(PEERS) if region != HOME}
    change = changes_of(was, was | {(HOME, "E02"): known("9")})[HOME]
    assert (change.total.before, change.total.causes) == (None, None)
    assert sentence_of(change) == "嘉峪关市：前一时点总分待定，总分变化无法归因。"
