"""The phrases that rules may use of facts about what holds projects up."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from alert_svc.rules.phrases import day_said
from alert_svc.rules.rules import Words
from shared.contracts.facts import Fact
from shared.contracts.obstacle import ObstacleEnded, ObstacleFact, ObstacleFellOverdue
from shared.kit.decimals import shortest

PROJECTS_NAMED: Final = 3
STATE_NAMES: Final = MappingProxyType({"resolved": "已解决", "withdrawn": "已撤销"})


def _of_obstacle(fact: ObstacleFact) -> Words:
    named = "、".join(fact.project_names[:PROJECTS_NAMED])
    more = f"等{len(fact.project_names)}个项目" if len(fact.project_names) > PROJECTS_NAMED else ""
    return {"due_on_said": day_said(fact.due_on), "projects_said": named + more, "plan_said": _plan(fact)}


def _plan(fact: ObstacleFact) -> str:
    """The year's investment that is held up; what is not known is counted and not added."""
    unknown = f"{fact.unknown_plans}个项目计划未知" if fact.unknown_plans else ""
    if fact.unknown_plans == len(fact.project_ids):
        return unknown
    return "，另有".join(each for each in (f"年度计划投资{shortest(fact.annual_plan_wan)}万元", unknown) if each)


def _of_end(fact: ObstacleEnded) -> Words:
    ended = {"ended_on_said": day_said(fact.ended_on), "state_name": STATE_NAMES[fact.state]}
    return {**_of_obstacle(fact), **ended}


_OBSTACLE: Final = frozenset({"due_on_said", "projects_said", "plan_said"})

OBSTACLE_WORDS: Final[Mapping[type[Fact], tuple[Callable[[Any], Words], frozenset[str]]]] = MappingProxyType(
    {
        ObstacleFellOverdue: (_of_obstacle, _OBSTACLE),
        ObstacleEnded: (_of_end, _OBSTACLE | {"ended_on_said", "state_name"}),
    }
)
"""Each fact with its phrases and their names."""
