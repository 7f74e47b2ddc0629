"""The rules of entry over HTTP, with the documents that they rest on."""

from datetime import date
from typing import Self

from indicator_svc.entries.rules import Route, Stage
from indicator_svc.entries.shipped import EntryRules
from indicator_svc.entries.windows import WindowRule
from shared.kit.schemas import DecimalText, OutModel


class ThresholdOut(OutModel):
    """一类对象的入统标准；at_least_wan 为 null 表示该类全部入统。"""

    sector: str
    name: str
    measure: str
    at_least_wan: DecimalText | None
    output_too: bool
    document: str


class DossierOut(OutModel):
    """一类申报的材料清单；required 的每一组须有其一。"""

    code: str
    name: str
    required: list[list[str]]
    optional: list[str]
    chain: list[Stage]
    document: str


class WindowOut(OutModel):
    """一种申报窗口期，及自查询日起最近的一次。"""

    code: str
    name: str
    routes: list[Route]
    sectors: list[str] | None
    opens_on: date | None
    closes_on: date | None
    document: str

    @classmethod
    def of(cls, rule: WindowRule, rules: EntryRules, day: date) -> Self:
        sector = rule.sectors[0] if rule.sectors else ""
        following = rules.only(rule).window(rule.routes[0], sector, day)
        own = {name: getattr(rule, name) for name in ("code", "name", "routes", "sectors", "document")}
        opens_on, closes_on = (following.opens_on, following.closes_on) if following else (None, None)
        return cls.model_validate({**own, "opens_on": opens_on, "closes_on": closes_on})


class StageOut(OutModel):
    """一级审核及其时限（工作日）。"""

    stage: Stage
    name: str
    working_days: int


class RulebookOut(OutModel):
    """一套入统规则。"""

    version: str
    effective_from: date
    document: str
    thresholds: list[ThresholdOut]
    documents: dict[str, str]
    dossiers: list[DossierOut]
    windows: list[WindowOut]
    stages: list[StageOut]

    @classmethod
    def of(cls, rules: EntryRules, day: date) -> Self:
        stages = [StageOut(stage=each, name=rules.stage_names[each], working_days=rules.stage_days[each]) for each in Stage]
        return cls(
            version=rules.version,
            effective_from=rules.effective_from,
            document=rules.document,
            thresholds=[ThresholdOut.model_validate(each) for each in rules.thresholds.values()],
            documents=dict(rules.document_names),
            dossiers=[DossierOut.model_validate(each.dossier) for each in rules.dossiers],
            windows=[WindowOut.of(each, rules, day) for each in rules.windows],
            stages=stages,
        )
