"""Questions about alert rules."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alert_svc.rules.errors import RuleNotFound
from alert_svc.rules.models import AlertRule
from alert_svc.rules.rules import RuleState
from shared.kit.db import for_update


class Rules:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, rule_id: str) -> AlertRule:
        """Raises RuleNotFound."""
        return await self._one(select(AlertRule).where(AlertRule.id == rule_id), rule_id)

    async def get_for_update(self, rule_id: str) -> AlertRule:
        """Raises RuleNotFound."""
        return await self._one(for_update(select(AlertRule).where(AlertRule.id == rule_id)), rule_id)

    async def _one(self, statement: Select[AlertRule], rule_id: str) -> AlertRule:
        rule = (await self._session.scalars(statement)).one_or_none()
        if rule is None:
            raise RuleNotFound(rule_id)
        return rule

    async def published(self) -> Sequence[AlertRule]:
        """Every published version of every rule."""
        statement = select(AlertRule).where(AlertRule.state == RuleState.PUBLISHED).order_by(AlertRule.code, AlertRule.number)
        return (await self._session.scalars(statement)).all()

    async def last_number(self, code: str) -> int:
        """The highest version number of a rule, 0 when there is none."""
        return await self._session.scalar(select(func.max(AlertRule.number)).where(AlertRule.code == code)) or 0

    def add(self, rule: AlertRule) -> None:
        self._session.add(rule)

    @staticmethod
    def matching(code: str | None, state: RuleState | None) -> Select[AlertRule]:
        """The versions of one rule, or in one state, or all."""
        statement = select(AlertRule)
        if code is not None:
            statement = statement.where(AlertRule.code == code)
        return statement if state is None else statement.where(AlertRule.state == state)
