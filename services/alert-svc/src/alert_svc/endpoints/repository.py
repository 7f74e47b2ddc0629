"""Questions about webhook receivers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from alert_svc.endpoints.errors import EndpointNotFound
from alert_svc.endpoints.models import WebhookEndpoint, WebhookSecret
from alert_svc.endpoints.rules import DisabledBecause, EndpointState
from shared.kit.db import for_update


class Endpoints:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, endpoint_id: str) -> WebhookEndpoint:
        """Raises EndpointNotFound, also for a deleted one."""
        return await self._one(select(WebhookEndpoint), endpoint_id)

    async def get_for_update(self, endpoint_id: str) -> WebhookEndpoint:
        """With its secrets. Raises EndpointNotFound, also for a deleted one."""
        return await self._one(for_update(select(WebhookEndpoint).options(selectinload(WebhookEndpoint.secrets))), endpoint_id)

    async def _one(self, statement: Select[WebhookEndpoint], endpoint_id: str) -> WebhookEndpoint:
        mine = (WebhookEndpoint.id == endpoint_id) & (WebhookEndpoint.state != EndpointState.DELETED)
        endpoint = (await self._session.scalars(statement.where(mine))).one_or_none()
        if endpoint is None:
            raise EndpointNotFound(endpoint_id)
        return endpoint

    async def listening(self) -> Sequence[WebhookEndpoint]:
        """Every endpoint that is owed announcements: a disabled one is told when it is enabled again."""
        statement = select(WebhookEndpoint).where(WebhookEndpoint.state != EndpointState.DELETED).order_by(WebhookEndpoint.id)
        return (await self._session.scalars(statement)).all()

    async def given_up(self) -> int:
        """How many are told nothing more because of their failures, not by hand."""
        dead = (WebhookEndpoint.state == EndpointState.DISABLED) & (WebhookEndpoint.disabled_because != DisabledBecause.BY_HAND)
        return await self._session.scalar(select(func.count()).select_from(WebhookEndpoint).where(dead)) or 0

    async def with_secrets(self, endpoint_ids: Sequence[str]) -> dict[str, WebhookEndpoint]:
        statement = select(WebhookEndpoint).where(WebhookEndpoint.id.in_(endpoint_ids))
        found = await self._session.scalars(statement.options(selectinload(WebhookEndpoint.secrets)))
        return {endpoint.id: endpoint for endpoint in found}

    async def forget_secrets_expired_at(self, at: datetime) -> None:
        await self._session.execute(delete(WebhookSecret).where(WebhookSecret.expires_at <= at))

    def add(self, endpoint: WebhookEndpoint) -> None:
        self._session.add(endpoint)

    @staticmethod
    def known(state: EndpointState | None) -> Select[WebhookEndpoint]:
        """Endpoints in one state, or all that were not deleted."""
        wanted = WebhookEndpoint.state != EndpointState.DELETED if state is None else WebhookEndpoint.state == state
        return select(WebhookEndpoint).where(wanted)
