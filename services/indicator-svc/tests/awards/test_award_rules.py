"""贡献奖, 进步奖 and 约谈 by the published parameters (`domain.md` §1.4)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from indicator_svc.awards.rules import Award, Merit, Place, merits
from indicator_svc.awards.sentences import sentence_of
from indicator_svc.schemes.definition import Scheme, read_scheme
from indicator_svc.schemes.schemas import SchemeIn
from indicator_svc.scoreboards.rules import Talk
from shared.testing.indicators_api import a_scheme

CITIES = ("620100", "620200", "620300", "620400", "620500")


def a_series(**awards: Any) -> Scheme:
    body = a_scheme(talk_line={"bottom": 1, "edge_points": "1.00"}, awards=awards)
    return read_scheme(("id", "S-1", 1), SchemeIn.model_validate(body).definition())


def a_place(region: str, total: str | None, rank: int | None, **changes: Any) -> Place:
    place = Place(region, None if total is None else Decimal(total), rank, None, Talk.NONE)
    return replace(place, **changes)


def a_board(*places: Place) -> dict[str, Place]:
    return {place.region: place for place in places}


def judged(*boards: dict[str, Place], **awards: Any) -> dict[str, Merit]:
    return {merit.place.region: merit for merit in merits(a_series(**awards), boards)}


def winners(found: dict[str, Merit], award: Award) -> set[str]:
    return {region for region, merit in found.items() if award in merit.awards}


BEFORE = a_board(*(a_place(region, str(90 - 5 * place), place + 1) for place, region in enumerate(CITIES)))
NOW = a_board(
    a_place("620100", "80", 5, contribution=Decimal(30)),
    a_place("620200", "92", 1, contribution=Decimal(20)),
    a_place("620300", "88", 2, contribution=Decimal(10)),
    a_place("620400", "84", 3, contribution=Decimal(5)),
    a_place("620500", "82", 4, contribution=Decimal(-1)),
)


def test_progress_goes_to_points_gained_among_those_who_gained_a_place_and_have_no_other_award() -> None:
    found = judged(NOW, BEFORE, contribution_places=1, progress_places=2)
    assert winners(found, Award.CONTRIBUTION) == {"620100"}
    assert winners(found, Award.PROGRESS) == {"620500", "620400"}, "+12 and +9 points; +7 and +8 come after"
    gain = found["620500"].progress
    assert gain is not None
    assert (gain.points, gain.places) == (Decimal(12), 1)


def test_one_region_may_have_both_awards_where_the_scheme_allows_it() -> None:
    apart = judged(NOW, BEFORE, contribution_places=4, progress_places=4)
    both = judged(NOW, BEFORE, contribution_places=4, progress_places=4, one_each=False)
    assert winners(apart, Award.PROGRESS) == {"620500"}
    assert winners(both, Award.PROGRESS) == {"620200", "620300", "620400", "620500"}


def test_nobody_is_a_candidate_without_an_increase_or_without_two_totals() -> None:
    found = judged(NOW | a_board(a_place("620500", None, None)), BEFORE, contribution_places=5)
    assert winners(found, Award.CONTRIBUTION) == {"620100", "620200", "620300", "620400"}
    assert found["620500"].progress is None
    assert sentence_of(found["620500"]) == "天水市：总分与名次待定，不参加评奖。"
    assert winners(judged(NOW), Award.PROGRESS) == set()


def test_a_tie_for_the_last_award_makes_one_candidate_more() -> None:
    tied = NOW | a_board(a_place("620300", "88", 2, contribution=Decimal(20)))
    assert winners(judged(tied, contribution_places=2), Award.CONTRIBUTION) == {"620100", "620200", "620300"}


@pytest.mark.parametrize(
    ("earlier", "runs", "mayor"),
    [
        ([Talk.SUMMONED], 2, True),
        ([Talk.EDGE], 1, False),
        ([Talk.SUMMONED, Talk.SUMMONED], 3, True),
        ([], 1, False),
    ],
)
def test_two_quarters_on_the_line_summon_the_mayor(earlier: list[Talk], runs: int, mayor: bool) -> None:
    boards = [a_board(a_place("620200", "70", 5, talk=talk)) for talk in (Talk.SUMMONED, *earlier)]
    merit = judged(*boards)["620200"]
    assert (merit.runs, merit.mayor) == (runs, mayor)
    assert ("约谈市长本人" in sentence_of(merit)) == mayor


def test_a_pending_period_neither_ends_nor_lengthens_a_run() -> None:
    low, unknown = a_board(a_place("620200", "70", 5, talk=Talk.SUMMONED)), a_board(a_place("620200", None, None))
    assert judged(low, unknown, low)["620200"].runs == 2
    assert judged(unknown, low)["620200"].runs == 0


def test_a_sentence_says_where_it_stands_what_it_gained_and_what_for() -> None:
    found = judged(NOW, BEFORE, contribution_places=1, progress_places=1)
    assert sentence_of(found["620500"]) == "天水市：总分82，第4位；较上一报告期得分+12、前进1位；增量占全省-1%；列入进步奖候选。"
    assert sentence_of(found["620100"]) == "兰州市：总分80，第5位；较上一报告期得分-10、后退4位；增量占全省30%；列入贡献奖候选。"
