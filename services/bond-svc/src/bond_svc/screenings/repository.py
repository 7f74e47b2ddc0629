"""Questions about screenings."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bond_svc.screenings.errors import ScreeningNotFound
from bond_svc.screenings.models import LibraryScreening
from shared.kit.pages import Page, PageRequest, page_of


class Screenings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, project_id: str, screening_id: str) -> LibraryScreening:
        screening = await self._session.get(LibraryScreening, screening_id)
        if screening is None or screening.project_id != project_id:
            raise ScreeningNotFound(screening_id)
        return screening

    async def history(self, request: PageRequest, project_id: str) -> Page[LibraryScreening]:
        statement = select(LibraryScreening).where(LibraryScreening.project_id == project_id)
        sortable = {"created_at": LibraryScreening.created_at, "screened_on": LibraryScreening.screened_on}
        return await page_of(
            self._session, statement, request, sortable=sortable, default_sort="-created_at", tie=LibraryScreening.id
        )

    def add(self, screening: LibraryScreening) -> None:
        self._session.add(screening)
