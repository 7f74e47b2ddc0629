"""Reporting windows over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import Field

from indicator_svc.windows.models import WindowMark, WindowRevision
from indicator_svc.windows.rules import Lack, ReportingTable, Window, WindowState
from indicator_svc.windows.service import Missing, Notice
from shared.kit.clock import SHANGHAI
from shared.kit.http import VersionedOut
from shared.kit.schemas import Day, InModel, LongText, Moment, OutModel, PeriodText, ShortText


class RevisionIn(InModel):
    """正式通知确定的一期开关网时间。"""

    opens_at: Moment
    closes_at: Moment = Field(description="关网时刻，该时刻起不再受理；“24:00”写作次日零时")
    document: ShortText = Field(description="通知文号或名称")
    issued_on: Day
    reason: LongText

    def notice(self) -> Notice:
        return Notice(**{name: getattr(self, name) for name in type(self).model_fields})


class RevisionOut(VersionedOut):
    """一期开关网时间的一次改动。"""

    created_at: Moment
    region: str
    table: str
    period: PeriodText
    number: int
    opens_at: Moment
    closes_at: Moment
    document: str
    issued_on: Day
    reason: str
    recorded_by: str

    @classmethod
    def of(cls, revision: WindowRevision) -> Self:
        own = {name: getattr(revision, name) for name in cls.model_fields if name != "table"}
        return cls.model_validate({**own, "table": revision.table_code})


class TableOut(OutModel):
    """一张报表的默认窗口及其依据。"""

    code: str
    name: str
    effective_from: Day
    frequency: str = Field(description="M 月报、Q 季报")
    indicators: list[str] = Field(description="据以更新的指标；空表示不直接对应评价指标")
    basis: str = Field(description="S… 为所见文件，C 为默认值")
    source: str

    @classmethod
    def of(cls, table: ReportingTable) -> Self:
        return cls.model_validate({name: getattr(table, name) for name in cls.model_fields})


class CheckOut(OutModel):
    """关网之后的一道审核及其默认期限。"""

    name: str
    due_at: Moment


class WindowOut(OutModel):
    """一期报送窗口 [opens_at, closes_at)。"""

    table: str
    table_name: str
    period: PeriodText
    period_label: str
    opens_at: Moment
    closes_at: Moment
    state: WindowState = Field(description="upcoming 未开网、open 已开网、closed 已关网")
    seconds_left: int | None = Field(description="距关网的秒数；已关网为 null")
    left_said: str
    document: str | None = Field(description="确定该期时间的通知；null 表示默认日期")
    checks: list[CheckOut]

    @classmethod
    def of(cls, window: Window, now: datetime) -> Self:
        return cls.model_validate(_window(window, now))


class CurrentOut(OutModel):
    """各报表已开网的窗口与下一个窗口。"""

    as_of: Moment
    open: list[WindowOut]
    upcoming: list[WindowOut] = Field(description="每张报表下一个尚未开网的窗口")


class MissingOut(OutModel):
    """一项尚缺的数据。"""

    region: str
    indicator: str
    indicator_name: str
    period: PeriodText
    why: Lack = Field(description="missing 未报、held 待确认、withdrawn 已撤回、provisional 只有业务数据暂代")
    lead_department: str
    portfolio: str


class MarkOut(OutModel):
    """巡查发出的一次提示。"""

    mark: str = Field(description="t-7、t-3、t-1 或 closed")
    closes_at: Moment
    told_at: Moment
    missing: int
    filled_at: Moment | None = Field(description="其后补齐的时刻")


class WindowDetailOut(WindowOut):
    """一期报送窗口，连同尚缺的数据、历次通知与已发出的提示。"""

    as_of: Moment
    missing: list[MissingOut]
    revisions: list[RevisionOut]
    marks: list[MarkOut]

    @classmethod
    def with_all(
        cls, window: Window, as_of: datetime, missing: list[Missing], told: tuple[list[WindowRevision], list[WindowMark]]
    ) -> Self:
        revisions, marks = told
        return cls.model_validate(
            {
                **_window(window, as_of),
                "as_of": as_of,
                "missing": missing,
                "revisions": [RevisionOut.of(each) for each in revisions],
                "marks": [each for each in marks if each.told_at <= as_of],
            }
        )


class ReleaseDayOut(OutModel):
    """国家统计局的一个发布日。"""

    statistic: str = Field(description="industry 工业（社零、投资同日）、gdp 国内生产总值、cpi 居民消费价格")
    period: PeriodText
    released_on: Day
    source: str


def _window(window: Window, now: datetime) -> dict[str, object]:
    left = window.closes_at - now
    open_still = window.state(now) is not WindowState.CLOSED
    checks = [(name, by.get(window.period.number, by.get(0))) for name, by in window.table.checks if window.document is None]
    return {
        "table": window.table.code,
        "table_name": window.table.name,
        "period": str(window.period),
        "period_label": window.period.label,
        "opens_at": window.opens_at.astimezone(SHANGHAI),
        "closes_at": window.closes_at.astimezone(SHANGHAI),
        "state": window.state(now),
        "seconds_left": int(left.total_seconds()) if open_still else None,
        "left_said": f"距关网{left.days}天{left.seconds // 3600}小时" if open_still else "已关网",
        "document": window.document,
        "checks": [{"name": name, "due_at": rule.instant(window.period)} for name, rule in checks if rule is not None],
    }
