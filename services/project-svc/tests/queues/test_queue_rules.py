"""Which queue a project stands in, and how much of the season is left."""

from datetime import date
from decimal import Decimal

import pytest

from project_svc.codes import ProjectKind
from project_svc.queues.rules import Queue, Season, needed_per_day, queue_of, season_of
from project_svc.rates.rules import Undertaking
from project_svc.sites import site_days

JULY = date(2022, 7, 4)


def undertaking(
    kind: ProjectKind = ProjectKind.NEW,
    *,
    begun: bool = True,
    finished: bool = False,
    suspended: bool = False,
    planned: str | None = "1200",
    done: str | None = "600",
) -> Undertaking:
    plan, completed = (None if each is None else Decimal(each) for each in (planned, done))
    return Undertaking("p", kind, begun, finished, suspended, plan, completed, reported=None)


@pytest.mark.parametrize(
    ("project", "queue"),
    [
        (undertaking(begun=False), Queue.START),
        (undertaking(begun=False, planned=None), Queue.START),
        (undertaking(done="599.99"), Queue.FINISH),  # 49.999 − 50 pp is 0.0 at one decimal, as the rate is published
        (undertaking(done="590"), Queue.SPEED_UP),
        (undertaking(done="600"), Queue.FINISH),
        (undertaking(done=None), Queue.UNDETERMINED),
        (undertaking(planned=None), Queue.UNDETERMINED),
        (undertaking(planned="0"), Queue.UNDETERMINED),
        (undertaking(finished=True), None),
        (undertaking(suspended=True), None),
        (undertaking(ProjectKind.PREPARATORY, begun=False), None),
        (undertaking(ProjectKind.CONTINUING, begun=False), Queue.START),
    ],
)
def test_a_project_stands_in_the_queue_of_what_it_needs(project: Undertaking, queue: Queue | None) -> None:
    assert queue_of(project, JULY) is queue


@pytest.mark.parametrize(
    ("region", "as_of", "expected"),
    [
        ("620200", JULY, Season(133, date(2022, 11, 14), stops=True)),
        ("620200", date(2022, 11, 14), Season(0, None, stops=True)),
        ("620200", date(2023, 1, 5), Season(0, None, stops=True)),
        ("460200", JULY, Season(180, date(2022, 12, 31), stops=False)),
    ],
)
def test_the_season_ends_with_the_winter_stop_or_the_year(region: str, as_of: date, expected: Season) -> None:
    assert season_of(site_days(region), as_of) == expected


def test_each_day_that_is_left_has_to_bring_its_part() -> None:
    season = season_of(site_days("620200"), JULY)
    assert needed_per_day(Decimal(1000), season) == Decimal("7.52")
    assert needed_per_day(None, season) is None
    assert needed_per_day(Decimal(1000), Season(0, None, stops=True)) is None
