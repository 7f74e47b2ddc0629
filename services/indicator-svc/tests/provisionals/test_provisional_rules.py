"""What the rates of projects say of B01."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from indicator_svc.provisionals.rules import difference, is_news, readings_of
from shared.testing.facts import some_rates

NOON = datetime.fromisoformat("2022-07-01T12:00:00+08:00")


def test_the_speechs_projects_give_their_start_rate_and_pace() -> None:
    start, pace = readings_of(some_rates())
    assert (start.value, pace.value) == (Decimal("48.4375"), Decimal("2.420833"))
    assert (start.basis, pace.basis) == (
        "新建项目 64 个，已开工 31 个",
        "年度计划 12000 万元，累计完成 6290.5 万元，计划或完成未知的 4 个项目未计入",
    )


def test_rates_over_nothing_are_unknown_and_not_zero() -> None:
    nothing = some_rates(new_started=0, new_projects=0, completed_wan="0", planned_wan="0")
    assert [each.value for each in readings_of(nothing)] == [None, None]


@pytest.mark.parametrize(("minutes", "news"), [(-1, False), (0, False), (1, True)])
def test_only_what_is_newer_than_the_last_is_news(minutes: int, news: bool) -> None:
    assert is_news(NOON + timedelta(minutes=minutes), NOON) is news
    assert is_news(NOON, None)


def test_the_difference_is_unknown_while_either_is() -> None:
    assert difference(Decimal("48.4"), Decimal(50)) == Decimal("-1.6")
    assert difference(None, Decimal(50)) is None
    assert difference(Decimal(50), None) is None
