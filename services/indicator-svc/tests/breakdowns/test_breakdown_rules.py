"""Sub-tasks: moves, and what sub-targets add up to."""

from datetime import datetime
from decimal import Decimal
from itertools import product

import pytest

from indicator_svc.breakdowns.errors import SubTaskMoveIllegal
from indicator_svc.breakdowns.models import Progress, SubTask
from indicator_svc.breakdowns.rules import TASK_MOVES, SubTarget, TaskAct, TaskState, UnitSum, sums_by_unit
from indicator_svc.claims.models import Said
from shared.kit.clock import SHANGHAI

SAID = Said(datetime(2022, 7, 1, 9, tzinfo=SHANGHAI), "key:tester", "市商务局 张某", "并入他项")
ILLEGAL = sorted(set(product(TaskState, TaskAct)) - set(TASK_MOVES))


def attempt(task: SubTask, act: TaskAct) -> None:
    match act:
        case TaskAct.CHANGE:
            task.change({"title": "新名称"})
        case TaskAct.REPORT | TaskAct.FINISH:
            task.report(Progress(Decimal(1), act is TaskAct.FINISH, None), SAID)
        case TaskAct.WITHDRAW:
            task.withdraw(SAID)


@pytest.mark.parametrize(("state", "act"), ILLEGAL)
def test_an_illegal_move_is_refused_and_leaves_no_trace(state: TaskState, act: TaskAct) -> None:
    task = SubTask(id="t", title="稳规上工业", state=state, reports=[])
    with pytest.raises(SubTaskMoveIllegal):
        attempt(task, act)
    assert (task.state, task.title, task.reports) == (state, "稳规上工业", [])


@pytest.mark.parametrize(("state", "act"), sorted(TASK_MOVES))
def test_a_legal_move_reaches_its_state(state: TaskState, act: TaskAct) -> None:
    task = SubTask(id="t", title="稳规上工业", state=state, reports=[])
    attempt(task, act)
    assert task.state == TASK_MOVES[state, act]


def test_only_additive_sub_targets_of_one_unit_are_summed() -> None:
    tasks = [
        SubTarget("万元", True, Decimal("1200.5"), Decimal(300)),
        SubTarget("户", True, Decimal(3), None),
        SubTarget("%", False, Decimal(8), Decimal(7)),
        SubTarget("万元", True, Decimal("799.5"), Decimal("0.1")),
    ]
    assert sums_by_unit(tasks) == [
        UnitSum("万元", 2, Decimal("2000.0"), Decimal("300.1")),
        UnitSum("户", 1, Decimal(3), None),
    ]


def test_a_sum_over_an_unknown_target_is_unknown_and_not_less() -> None:
    tasks = [SubTarget("万元", True, Decimal(5), Decimal(1)), SubTarget("万元", True, None, Decimal(1))]
    assert sums_by_unit(tasks) == [UnitSum("万元", 2, None, Decimal(2))]
