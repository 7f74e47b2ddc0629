"""What a demonstration posts: the projects that the speech names, and a register of the speech's size that is labelled synthetic.

The speech gives names and no figures: its projects are preparatory (no code is known), their investment is unknown, and their due
days are marked as assumed. The 155 others are made by a seeded generator: 91 continuing, 65 of them resumed; 64 new, 31 of them
started (`domain.md` §3.3). Every body is JSON as the API takes it; days belong to 2022.
"""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any, Final

REGION: Final = "620200"
YEAR: Final = 2022
LISTED_ON: Final = "2022-01-01"
REPORTED_PERIOD: Final = "2022-M06"
SYNTHETIC: Final = "（合成）"
SEED: Final = 155
CONTINUING, RESUMED = 91, 65
NEW, STARTED = 64, 31
EVIDENCE: Final = "合成数据"


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A project to register, the nodes of its plan, and what it had completed of the year's plan by June (万元, text)."""

    project: dict[str, Any]
    nodes: list[dict[str, Any]]
    completed_wan: str | None


@dataclass(frozen=True, slots=True)
class _Trade:
    """What a synthetic project may be: its sector, who leads it, and how it is called."""

    sector: str
    sponsor_post: str
    lead_department: str
    name: str


def speech_projects() -> list[SampleProject]:
    """The projects that the speech names."""
    text = (resources.files("project_svc") / "data" / "speech-projects.csv").read_text(encoding="utf-8")
    return [SampleProject(_named(row), _assumed(row), None) for row in csv.DictReader(text.splitlines())]


def synthetic_register() -> list[SampleProject]:
    """The generated register, the same at every call."""
    chance = random.Random(SEED)  # noqa: S311 - made-up figures, not a secret
    continuing = [_continuing(number, chance, resumed=number <= RESUMED) for number in range(1, CONTINUING + 1)]
    return continuing + [_new(number, chance, started=number <= STARTED) for number in range(1, NEW + 1)]


@dataclass(frozen=True, slots=True)
class SampleObstacle:
    """An obstacle to raise, without the ids of its projects, and the codes of these."""

    obstacle: dict[str, Any]
    codes: tuple[str, ...]


def synthetic_obstacles() -> list[SampleObstacle]:
    """Made-up obstacles of generated projects that have not begun; some hold several up, and some projects have two."""
    waiting = [str(each.project["code"]) for each in synthetic_register() if "start" not in each.project]
    return [
        SampleObstacle(
            {
                "kind": kind,
                "title": f"{title}{SYNTHETIC}",
                "lead_department": department,
                "responsible_person": f"责任人{SYNTHETIC}",
                "raised_on": "2022-05-10",
                "due_on": due_on,
            },
            tuple(waiting[number] for number in numbers),
        )
        for kind, title, department, due_on, numbers in _OBSTACLES
    ]


def _named(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": "preparatory",
        "sector": row["sector"],
        "region": REGION,
        "plan_year": YEAR,
        "sponsor_post": row["sponsor_post"],
        "lead_department": row["lead_department"],
        "responsible_person": "责任人未公布",
        "unknown_reason": "not_published",
        "listed_on": LISTED_ON,
        "note": row["note"],
    }


def _assumed(row: Mapping[str, str]) -> list[dict[str, Any]]:
    first = date.fromisoformat(row["first_due_on"])
    return [
        _node("approval", "立项批复", "approval", first, date_basis="assumed"),
        _node("permit", "取得施工许可", "construction_permit", first + timedelta(days=45), "approval", date_basis="assumed"),
        _node("start", "开工", "start", first + timedelta(days=60), "permit", date_basis="assumed"),
    ]


def _continuing(number: int, chance: random.Random, *, resumed: bool) -> SampleProject:
    project = _synthetic("continuing", number, chance)
    due = date(YEAR, 3, 20) + timedelta(days=chance.randrange(45))
    began = due - timedelta(days=chance.randrange(4))
    if resumed:
        permit = {"kind": "resumption_report", "number": f"{EVIDENCE}复工报告 {number}", "issued_on": began.isoformat()}
        project["start"] = {"started_on": began.isoformat(), "permit": permit, "photo": _photo(began)}
    late = due if resumed else date(YEAR, 5, 20) + timedelta(days=chance.randrange(60))
    nodes = [_node("resume", "复工", "resumption", late, done=began if resumed else None), *_works(chance, "resume", YEAR)]
    return SampleProject(project, nodes, _completed(project, chance, under_way=resumed))


def _new(number: int, chance: random.Random, *, started: bool) -> SampleProject:
    project = _synthetic("new", number, chance)
    permitted = date(YEAR, 3, 15) + timedelta(days=chance.randrange(40))
    began = permitted + timedelta(days=5 + chance.randrange(20))
    if started:
        permit = {
            "kind": "construction_permit",
            "number": f"{EVIDENCE}施工许可 {number}",
            "issued_on": permitted.isoformat(),
        }
        contract = f"{EVIDENCE}施工合同 {number}"
        project["start"] = {"started_on": began.isoformat(), "permit": permit, "photo": _photo(began), "contract": contract}
    due = began if started else date(YEAR, 5, 25) + timedelta(days=chance.randrange(75))
    nodes = [
        _node("permit", "取得施工许可", "construction_permit", due - timedelta(days=5), done=permitted if started else None),
        _node("start", "开工", "start", due, "permit", done=began if started else None),
        *_works(chance, "start", YEAR + 1),
    ]
    return SampleProject(project, nodes, _completed(project, chance, under_way=started))


def _synthetic(kind: str, number: int, chance: random.Random) -> dict[str, Any]:
    trade = chance.choice(_TRADES)
    total = chance.randrange(1_500, 90_000, 100)
    return {
        "code": f"{'2103' if kind == 'continuing' else '2203'}-{REGION}-04-01-{number:06}",
        "name": f"{trade.name}{'续建' if kind == 'continuing' else '新建'}第 {number} 号{SYNTHETIC}",
        "kind": kind,
        "sector": trade.sector,
        "region": REGION,
        "plan_year": YEAR,
        "total_investment_wan": str(total),
        "annual_plan_wan": str(total * chance.randrange(20, 60) // 100),
        "sponsor_post": trade.sponsor_post,
        "lead_department": trade.lead_department,
        "responsible_person": f"责任人 {number}{SYNTHETIC}",
        "listed_on": LISTED_ON,
        "synthetic": True,
    }


def _works(chance: random.Random, after: str, year: int) -> Iterator[dict[str, Any]]:
    structure = date(YEAR, 7, 1) + timedelta(days=chance.randrange(110))
    accepted = date(year, 10, 1) + timedelta(days=chance.randrange(40))
    yield _node("structure", "主体完工", "structure", structure, after)
    yield _node("acceptance", "竣工验收", "acceptance", max(accepted, structure + timedelta(days=20)), "structure")


def _node(key: str, name: str, stage: str, due: date, *after: str, done: date | None = None, **more: str) -> dict[str, Any]:
    finished = {"done": {"actual_on": done.isoformat(), "reference": f"{EVIDENCE}验收单"}} if done else {}
    waits_for = [{"key": each} for each in after]
    node = {"key": key, "name": name, "stage": stage, "baseline_due_on": due.isoformat(), "predecessors": waits_for}
    return node | finished | more


def _photo(day: date) -> dict[str, str]:
    return {"reference": f"{EVIDENCE}照片", "taken_on": day.isoformat()}


def _completed(project: Mapping[str, Any], chance: random.Random, *, under_way: bool) -> str:
    share = chance.randrange(15, 60) if under_way else 0
    return str(int(project["annual_plan_wan"]) * share // 100)


_OBSTACLES: Final = (
    ("land", "连片地块用地手续未批复", "市自然资源局", "2022-06-20", (0, 1, 2, 3)),
    ("demolition", "沿线房屋征拆未完成", "市住建局", "2022-07-20", (3, 4)),
    ("funding", "配套资金未落实", "市财政局", "2022-06-28", (5, 6, 7)),
    ("approval", "施工图审查未通过", "市住建局", "2022-07-10", (7, 8)),
    ("resources", "供电容量不足", "市能源局", "2022-07-31", (9,)),
)

_TRADES: Final = (
    _Trade("industry", "VM-IND", "市工业和信息化局", "装备制造产线"),
    _Trade("energy", "VM-IND", "市能源局", "光伏发电"),
    _Trade("transport", "VM-CITY", "市交通运输局", "通村道路"),
    _Trade("municipal", "VM-CITY", "市住建局", "市政管网"),
    _Trade("water", "VM-AGRI", "市水务局", "灌区配套"),
    _Trade("agriculture", "VM-AGRI", "市农业农村局", "设施农业"),
    _Trade("health", "VM-SOC", "市卫健委", "基层卫生院"),
    _Trade("education", "VM-SOC", "市教育局", "校舍"),
    _Trade("culture_tourism", "VM-SOC", "市文旅局", "景区服务设施"),
    _Trade("housing", "VM-CITY", "市住建局", "保障性住房"),
    _Trade("environment", "VM-CITY", "市生态环境局", "污水处理"),
    _Trade("commerce", "VM-COMM", "市商务局", "物流园区"),
)
