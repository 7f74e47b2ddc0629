"""Decisions about a whole project on the wire."""

from typing import Annotated

from pydantic import Field

from project_svc.works.service import Order
from shared.kit.schemas import Day, InModel, LongText, ShortText


class OrderIn(InModel):
    """经批准的停缓建或恢复建设。"""

    effective_on: Day
    reason: LongText
    approver: Annotated[ShortText, Field(description="批准人或批准机关")]
    approved_on: Day
    document: Annotated[ShortText, Field(description="批准文件文号")]

    def order(self) -> Order:
        return Order(**dict(self))


class ProjectCompletionIn(InModel):
    """凭验收文件办理项目竣工。"""

    completed_on: Day
    acceptance: Annotated[ShortText, Field(description="竣工（联合）验收文件文号")]
