"""What goes out about the claim table of a scheme."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Self

from pydantic import Field

from indicator_svc.claims.rules import ClaimState
from indicator_svc.claims.table import Row, Table
from indicator_svc.departments.rules import Post
from indicator_svc.schemes.definition import Group
from shared.kit.schemas import Day, DecimalText, OutModel


class TableRowOut(OutModel):
    """一项指标由谁负责。"""

    indicator: str
    name: str
    group: Group
    claim: str | None = Field(description="认领记录的编号；null 表示尚未交办")
    state: ClaimState | None = Field(description="offered 待认领、accepted 已认领、disputed 有异议；null 表示尚未交办")
    lead_department: str = Field(description="已交办的牵头部门；尚未交办时为方案写明的部门")
    portfolio: str
    due_on: Day | None
    late: bool = Field(description="期限已过仍无人认领")
    post: Post = Field(description="牵头部门主要负责人：filled 在任、acting 副职主持、vacant 空缺、unknown 未登记")

    @classmethod
    def of(cls, row: Row) -> Self:
        lead = row.item if row.claim is None else row.claim
        return cls(
            indicator=row.item.indicator,
            name=row.name,
            group=row.item.group,
            claim=None if row.claim is None else row.claim.id,
            state=row.state,
            lead_department=lead.lead_department,
            portfolio=lead.portfolio,
            due_on=None if row.claim is None else row.claim.due_on,
            late=row.late,
            post=row.post,
        )


class TallyOut(OutModel):
    """一个部门或一位分管副市长名下的指标数与已认领数。"""

    who: str
    items: int
    claimed: int


class ClaimTableOut(OutModel):
    """一份方案在某日终了的认领表。合计总按整份方案计算，不随筛选变化。"""

    scheme: str
    edition: int
    as_of: Day
    items: int
    claimed: int
    offered: int
    disputed: int
    not_offered: int
    claimed_share: DecimalText | None = Field(description="已认领占全部指标的百分比；应为 100")
    all_claimed: bool
    leaderless: list[str] = Field(description="主要负责人空缺且无副职主持的牵头部门")
    by_department: list[TallyOut]
    by_portfolio: list[TallyOut]
    rows: list[TableRowOut]

    @classmethod
    def of(cls, table: Table, department: str | None, portfolio: str | None) -> Self:
        rows = [TableRowOut.of(row) for row in table.rows]
        shown = [row for row in rows if department in (None, row.lead_department) and portfolio in (None, row.portfolio)]
        return cls(
            scheme=table.edition.code,
            edition=table.edition.edition,
            as_of=table.day,
            items=len(rows),
            claimed=table.count(ClaimState.ACCEPTED),
            offered=table.count(ClaimState.OFFERED),
            disputed=table.count(ClaimState.DISPUTED),
            not_offered=table.count(None),
            claimed_share=table.claimed_share,
            all_claimed=table.count(ClaimState.ACCEPTED) == len(rows),
            leaderless=sorted({row.lead_department for row in rows if row.post is Post.VACANT}),
            by_department=_tally(rows, lambda row: row.lead_department),
            by_portfolio=_tally(rows, lambda row: row.portfolio),
            rows=shown,
        )


def _tally(rows: Iterable[TableRowOut], whose: Callable[[TableRowOut], str]) -> list[TallyOut]:
    items, claimed = Counter[str](), Counter[str]()
    for row in rows:
        items[whose(row)] += 1
        claimed[whose(row)] += row.state is ClaimState.ACCEPTED
    return [TallyOut(who=who, items=items[who], claimed=claimed[who]) for who in sorted(items)]
