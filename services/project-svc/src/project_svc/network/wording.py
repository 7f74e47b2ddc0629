"""A schedule's findings in Chinese sentences."""

from datetime import date
from itertools import pairwise

from project_svc.network.days import DayUnit, Work
from project_svc.network.rules import Network, Span, Step
from project_svc.network.schedule import Schedule, Task

UNITS = {DayUnit.WORKING: "个工作日", DayUnit.CALENDAR: "个自然日"}


def verdict(found: Schedule) -> str:
    """Whether the plan can be kept, by how much it cannot, and because of what."""
    end, line = found.tasks[found.end], found.lines[found.end]
    if found.miss is None:
        return f"可按期完成：“{end.name}”最早 {_said(line.earliest.finish)} 完成，全部期限均可满足。"
    miss = found.miss
    late = f"晚 {miss.working_days} 个工作日" if miss.working_days else f"晚 {miss.finish - miss.deadline} 天（均为非工作日）"
    because = " → ".join(because_of(found))
    return (
        f"已不可能按期：“{end.name}”最早 {_said(miss.finish)} 完成，比期限 {_said(miss.deadline)} {late}。关键线路：{because}。"
    )


def because_of(found: Schedule) -> list[str]:
    """What drives the end, node by node: its days, its wait, and the winter that it meets."""
    spans = [line.earliest for line in found.lines]
    waits = [0, *(_wait(found.network, first, then) for first, then in pairwise(found.path))]
    said = [_step(found, step, spans, wait) for step, wait in zip(found.path, waits, strict=True)]
    return said or [found.tasks[found.end].name]


def advice(found: Schedule) -> str | None:
    """The least to compress, or that no compressing is enough; None when nothing is missed."""
    if found.compression is None:
        return None
    if missed := found.compression.missed_by:
        return (
            f"即使各节点都压到最短工期，仍比期限晚 {missed.finish - missed.deadline} 天"
            f"（{missed.working_days} 个工作日），须调整期限、前置关系或施工季节安排。"
        )
    cuts = found.compression.cuts
    each = "、".join(_cut(found.tasks[index], days) for index, days in sorted(cuts.items()))
    least = "至少" if found.compression.proven_least else "（未逐一验证为最少）"
    return f"{least}须压缩 {len(cuts)} 个节点、共 {sum(cuts.values())} 天：{each}。"


def _cut(task: Task, days: int) -> str:
    return f"{task.name}由 {task.work.days} {UNITS[task.work.unit]}压到 {task.work.days - days}"


def _wait(network: Network, first: Step, then: Step) -> int:
    bonds = [bond.lag for bond in network.before[then.index] if bond.other == first.index]
    return max(bonds, default=0)


def _step(found: Schedule, step: Step, spans: list[Span], wait: int) -> str:
    task, span = found.tasks[step.index], spans[step.index]
    if task.done_on is not None:
        return f"{task.name}（已于 {task.done_on} 完成）"
    parts = [f"间隔 {wait} 个工作日"] if wait > 0 else [f"提前 {-wait} 个工作日"] if wait < 0 else []
    if step.worked:
        parts.append(_work_said(task.work))
        rest = found.network.days.stopped_between(span.start, span.finish) if task.work.outdoor else 0
        parts += [f"跨冬季停工 {rest} 天"] if rest else []
    return f"{task.name}（{'，'.join(parts)}）" if parts else task.name


def _work_said(work: Work) -> str:
    return f"{'室外 ' if work.outdoor else ''}{work.days} {UNITS[work.unit]}"


def _said(day: int) -> str:
    return date.fromordinal(day).isoformat()
