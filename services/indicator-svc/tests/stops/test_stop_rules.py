"""States of a stop, and what it takes from the growth."""

from datetime import date
from decimal import Decimal

import pytest

from indicator_svc.stops.rules import Measure, StopAct, StopState, drag_pp, drag_together, state_after

S, A = StopState, StopAct
LEGAL = {
    (S.STOPPED, A.PLAN): S.PLANNED,
    (S.PLANNED, A.PLAN): S.PLANNED,
    (S.STOPPED, A.RESUME): S.RESUMED,
    (S.PLANNED, A.RESUME): S.RESUMED,
    (S.STOPPED, A.EXIT): S.EXITED,
    (S.PLANNED, A.EXIT): S.EXITED,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("act", A)
def test_every_act_in_every_state_leads_where_the_table_says_or_nowhere(state: StopState, act: StopAct) -> None:
    assert state_after(state, act) == LEGAL.get((state, act))


@pytest.mark.parametrize(
    ("lost", "base", "drag"),
    [("30000", "1200000", "-2.5"), ("0", "1200000", "0"), (None, "1200000", None), ("30000", None, None), ("30000", "0", None)],
)
def test_the_drag_is_the_lost_share_of_last_years_output(lost: str | None, base: str | None, drag: str | None) -> None:
    exact = [None if each is None else Decimal(each) for each in (lost, base)]
    assert drag_pp(exact[0], exact[1]) == (None if drag is None else Decimal(drag))


def test_unknown_drags_are_counted_and_not_added() -> None:
    known, base = Decimal(30_000), Decimal(1_200_000)
    assert drag_together([(known, base), (None, base), (known, base)]) == (Decimal(-5), 1)
    assert drag_together([]) == (Decimal(), 0)


def test_a_measure_is_late_from_the_day_after_its_due_day_unless_done() -> None:
    measure = Measure("市金融办", "贷款", date(2022, 6, 30))
    assert [measure.is_late(date(2022, 6, 30)), measure.is_late(date(2022, 7, 1))] == [False, True]
    assert not Measure("市金融办", "贷款", date(2022, 6, 30), date(2022, 7, 1)).is_late(date(2022, 7, 2))
