"""Questions about alerts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from alert_svc.alerts.errors import AlertNotFound
from alert_svc.alerts.models import Alert, CaseEntry, Watch, object_key
from alert_svc.alerts.rules import AlertState, Reading
from alert_svc.deliveries.repository import attempts_about
from shared.kit.db import Dialect, for_update
from shared.kit.outbox import upsert
from shared.kit.pages import Page, PageRequest, page_of

WRITTEN: Final = "1-written"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts a list shows; None asks nothing."""

    states: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    rule: str | None = None
    region: str | None = None
    department: str | None = None
    object_service: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    period: str | None = None
    due_before: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        equal = {
            Alert.rule: self.rule,
            Alert.region: self.region,
            Alert.lead_department: self.department,
            Alert.object_service: self.object_service,
            Alert.object_type: self.object_type,
            Alert.object_id: self.object_id,
            Alert.period: self.period,
        }
        asked = [column == value for column, value in equal.items() if value is not None]
        among = {Alert.state: self.states, Alert.level: self.levels}
        asked += [column.in_(values) for column, values in among.items() if values]
        return asked if self.due_before is None else [*asked, Alert.commitment_due_on < self.due_before]


class Alerts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, alert_id: str) -> Alert:
        """Raises AlertNotFound."""
        return await self._one(select(Alert).where(Alert.id == alert_id), alert_id)

    async def get_for_update(self, alert_id: str) -> Alert:
        """Raises AlertNotFound."""
        return await self._one(for_update(select(Alert).where(Alert.id == alert_id)), alert_id)

    async def _one(self, statement: Select[Alert], alert_id: str) -> Alert:
        alert = (await self._session.scalars(statement)).one_or_none()
        if alert is None:
            raise AlertNotFound(alert_id)
        return alert

    async def watch(self, reading: Reading, dialect: Dialect) -> Watch:
        """The watch of a reading's object under its rule, locked: whoever considers the same object waits here."""
        made = upsert(dialect, Watch).values(rule=reading.rule, object_key=object_key(reading), last_sequence=0)
        # What is there is written as it is: that locks the row and answers it, in one statement.
        locked = made.on_conflict_do_update(index_elements=["rule", "object_key"], set_={"last_sequence": Watch.last_sequence})
        statement = select(Watch).from_statement(locked.returning(Watch)).execution_options(populate_existing=True)
        watch: Watch = (await self._session.scalars(statement)).one()
        return watch

    async def not_closed(self, reading: Reading) -> dict[str, Alert]:
        """The open and acknowledged alerts of a reading's object under its rule, by period, locked in the order of periods."""
        mine = (Alert.rule == reading.rule) & (Alert.object_key == object_key(reading)) & (Alert.state != AlertState.CLOSED)
        found = await self._session.scalars(for_update(select(Alert).where(mine).order_by(Alert.period)))
        return {alert.period: alert for alert in found}

    async def occurrences(self, reading: Reading) -> int:
        """How often this business key has alerted so far."""
        mine = (Alert.rule == reading.rule) & (Alert.object_key == object_key(reading)) & (Alert.period == reading.period)
        return await self._session.scalar(select(func.max(Alert.occurrence)).where(mine)) or 0

    async def entries(self, ids: Collection[int]) -> dict[int, CaseEntry]:
        """Entries of case files by id."""
        found = await self._session.scalars(select(CaseEntry).where(CaseEntry.id.in_(ids)))
        return {entry.id: entry for entry in found}

    def add(self, row: Alert | CaseEntry) -> None:
        self._session.add(row)

    @staticmethod
    def matching(wanted: AlertFilter) -> Select[Alert]:
        return select(Alert).where(*wanted.conditions())

    async def history_of(self, alert_id: str, request: PageRequest) -> Page[tuple[str, int]]:
        """The places (`source`, `row_id`) of a history, oldest first: the case file, and every attempt to tell somebody."""
        at, source, row_id = CaseEntry.at.label("at"), literal(WRITTEN).label("source"), CaseEntry.id.label("row_id")
        written = select(at, source, row_id).where(CaseEntry.alert_id == alert_id)
        places = union_all(written, attempts_about(alert_id)).subquery("history").c
        return await page_of(
            self._session,
            select(places.source, places.row_id),
            request,
            sortable={"at": places.at, "source": places.source},
            default_sort="at,source",
            tie=places.row_id,
        )
