"""Queries for kept what-ifs."""

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.what_ifs.models import Visibility, WhatIf


class WhatIfs:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, what_if: WhatIf) -> None:
        self._session.add(what_if)

    async def get(self, what_if_id: str) -> WhatIf | None:
        return await self._session.get(WhatIf, what_if_id)

    async def remove(self, what_if: WhatIf) -> None:
        await self._session.delete(what_if)

    @staticmethod
    def seen_by(actor: str, scheme: str | None, period: str | None) -> Select[WhatIf]:
        """Those of the actor and those that are shared."""
        statement = select(WhatIf).where(or_(WhatIf.visibility == Visibility.SHARED, WhatIf.author == actor))
        if scheme is not None:
            statement = statement.where(WhatIf.scheme_code == scheme)
        return statement if period is None else statement.where(WhatIf.period == period)
