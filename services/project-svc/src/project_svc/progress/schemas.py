"""Monthly reports on the wire."""

from typing import Annotated

from pydantic import BaseModel, Field

from project_svc.codes import SYNTHETIC_LABEL
from project_svc.progress.models import ProgressReport
from project_svc.progress.repository import ReportFilter
from project_svc.progress.service import Report
from shared.kit.schemas import Day, DecimalText, InModel, LongText, Moment, ObjectId, OutModel, PeriodText, ShortText


class ReportIn(InModel):
    """截至某月末的年度累计完成投资。"""

    project: ObjectId
    period: Annotated[PeriodText, Field(description="报告月，如 2022-M06")]
    cumulative_completed_wan: Annotated[DecimalText, Field(ge=0, description="年初至该月末累计完成投资，万元")]
    reported_by: ShortText
    explanation: Annotated[LongText | None, Field(description="累计数减少时必填")] = None
    photo_reference: ShortText | None = None

    def report(self) -> Report:
        return Report(**dict(self))


class ReportQuery(BaseModel):
    """Filters of the list, read from the query."""

    project: ObjectId | None = None
    period: PeriodText | None = None
    synthetic: bool | None = None
    revisions: Annotated[bool, Field(description="为 true 时包括已被替换的历次填报")] = False

    def filter(self) -> ReportFilter:
        return ReportFilter(**dict(self))


class ReportOut(OutModel):
    """月报的一次填报；不可修改，更正须另报一次。"""

    id: str
    version: int
    created_at: Moment
    project: str
    project_code: str | None
    project_name: str
    period: str
    period_end: Day
    revision: int
    cumulative_completed_wan: DecimalText
    explanation: str | None
    photo_reference: str | None
    reported_by: str
    recorded_by: str
    synthetic: bool
    data_label: Annotated[str | None, Field(description=f"合成数据标为“{SYNTHETIC_LABEL}”，其余为空")]

    @classmethod
    def of(cls, report: ProgressReport) -> "ReportOut":
        project = report.project
        own = {name: getattr(report, name) for name in cls.model_fields if hasattr(ProgressReport, name)}
        whose = {"project": project.id, "project_code": project.code, "project_name": project.name}
        label = {"synthetic": project.synthetic, "data_label": SYNTHETIC_LABEL if project.synthetic else None}
        return cls.model_validate({**own, **whose, **label, "version": 1, "created_at": report.recorded_at})
