"""Writes moves of observations, and notes for the boards what changed: always both, in one transaction."""

from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.rules import Kind
from indicator_svc.observations.models import FigureChange, Observation, ObservationMove
from indicator_svc.observations.repository import Observations
from indicator_svc.observations.rules import State
from indicator_svc.observations.screening import RULES_VERSION, Finding
from shared.kit.db import UnitOfWork
from shared.kit.periods import Period

CHECKS = f"checks/{RULES_VERSION}"
"""Who held or released a figure when no person did: the version of the published rules."""


class Ledger:
    def __init__(self, uow: UnitOfWork) -> None:
        self.observations = Observations(uow.session)
        self.catalogue = Indicators(uow.session)
        self._uow = uow
        self._derived: dict[str, list[str]] = {}
        self._marked: set[tuple[str, str]] = set()

    async def settle(self, observation: Observation, finding: Finding | None, *, fresh: bool) -> None:
        """What the checks decide; a move is written only when something changes, or when they look at it for the first time."""
        if finding is None and (fresh or observation.state == State.HELD):
            observation.pass_checks()
            await self.note(observation, "")
        elif finding is not None and (fresh or observation.state == State.ACCEPTED):
            observation.hold(finding)
            await self.note(observation, finding.evidence)
        elif finding is not None:
            observation.hold(finding)

    async def note(self, observation: Observation, reason: str, *, by_person: bool = False) -> None:
        """Write the move that was just made."""
        self.observations.add(
            ObservationMove(
                observation_id=observation.id,
                state=observation.state,
                created_at=self._uow.now,
                by_person=by_person,
                actor=self._uow.actor if by_person else CHECKS,
                reason=reason,
            )
        )
        await self._mark_boards(observation)

    async def _mark_boards(self, observation: Observation) -> None:
        """A level is looked at by its own period and, for growth and contributions, by the same period of the next year."""
        period = Period.parse(observation.period)
        for code in (observation.indicator, *await self._derived_from(observation.indicator)):
            for each in (period, *self._next_year(observation, period)):
                self._mark(code, str(each))

    def _mark(self, indicator: str, period: str) -> None:
        if (indicator, period) not in self._marked:
            self._marked.add((indicator, period))
            self.observations.add(FigureChange(indicator=indicator, period=period, created_at=self._uow.now))

    async def _derived_from(self, indicator: str) -> list[str]:
        if indicator not in self._derived:
            self._derived[indicator] = [each.code for each in await self.catalogue.derived_from({indicator})]
        return self._derived[indicator]

    @staticmethod
    def _next_year(observation: Observation, period: Period) -> list[Period]:
        return [Period(period.year + 1, period.frequency, period.number)] if observation.kind == Kind.LEVEL else []
