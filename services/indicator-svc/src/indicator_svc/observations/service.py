"""Use cases of observations. Recording and checking are two steps, so that a batch is checked as a whole."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import inspect

from indicator_svc.indicators.errors import IndicatorUnknown
from indicator_svc.indicators.models import Indicator
from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.rules import Kind
from indicator_svc.observations import errors
from indicator_svc.observations.checks import recheck
from indicator_svc.observations.ledger import Ledger
from indicator_svc.observations.models import Observation, ObservationMove
from indicator_svc.observations.repository import Observations
from indicator_svc.observations.rules import Provenance, State, Status
from shared.kit.clock import SHANGHAI
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.decimals import UnknownReason
from shared.kit.ids import new_id
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Draft:
    """A figure as it comes in; `value` None needs the reason why it is unknown."""

    region: str
    indicator: str
    period: str
    value: Decimal | None
    unknown_reason: UnknownReason | None
    status: Status
    provenance: Provenance
    publisher: str
    published_at: datetime | None
    unit: str | None = None
    kind: Kind | None = None
    synthetic: bool = False
    note: str = ""


class Recording:
    """Appends revisions, still unchecked and unused, until `check` looks at all of them together."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._observations = Observations(uow.session)
        self._ledger = Ledger(uow)
        self._catalogue: dict[str, Indicator] = {}
        self._recorded: dict[str, Observation] = {}
        self._known: dict[tuple[str, str], dict[str, list[Observation]]] = {}

    async def add(self, draft: Draft) -> Observation:
        indicator = await self._indicator(draft.indicator)
        period = _admissible_period(indicator, draft, self._uow.now)
        _check_kind(indicator, draft)
        earlier = await self._revisions(draft.region, indicator.code, str(period))
        await self._check_order(draft, earlier)
        observation = _revision(indicator, draft, period, 1 + max((each.revision for each in earlier), default=0))
        observation.id, observation.recorded_by = new_id(), self._uow.actor
        # Not flushed here: the neighbours of a batch go to the database in one statement.
        self._observations.add(observation)
        self._recorded[observation.id] = observation
        earlier.insert(0, observation)
        return observation

    async def check(self) -> None:
        """Look at what was recorded since the last time, and at what stands beside it in time.

        Due before a second revision of one figure: what that one replaces, or does not, depends on what is found.
        """
        kept = [each for each in self._recorded.values() if each in self._uow.session]
        await recheck(self._ledger, kept, self._recorded.keys())
        await self._uow.session.flush()
        self._recorded.clear()

    async def _revisions(self, region: str, indicator: str, period: str) -> list[Observation]:
        """The revisions of one figure, newest first; read once for all regions, since a batch mostly has them all."""
        known = self._known.get((indicator, period))
        if known is None or any(inspect(each).expired for each in known[region]):  # undone with an item that failed
            by_region: dict[str, list[Observation]] = defaultdict(list)
            for each in await self._observations.revisions(indicator, period):
                by_region[each.region].append(each)
            self._known[indicator, period] = by_region
        kept = [each for each in self._known[indicator, period][region] if each in self._uow.session]
        self._known[indicator, period][region] = kept
        return kept

    async def _check_order(self, draft: Draft, earlier: Sequence[Observation]) -> None:
        """A figure never goes back to an earlier status; one that still waits for confirmation gives way to the new one.

        What other services say beside the official figure has an order of its own.
        """
        official = draft.provenance is not Provenance.PROVISIONAL
        standing = [each for each in earlier if each.state != State.WITHDRAWN and each.official is official]
        for each in standing:
            if not draft.status.may_follow(Status(each.status)):
                raise errors.StatusWentBack(draft.status, each.status)
        for each in standing:
            if each.state == State.HELD:
                each.give_way()
                # A ledger of its own: what it notes is undone with this item, and must not count as noted for the others.
                await Ledger(self._uow).note(each, "已有新的修订")

    async def _indicator(self, code: str) -> Indicator:
        if code not in self._catalogue:
            found = await Indicators(self._uow.session).by_code(code)
            if found is None:
                raise IndicatorUnknown(code)
            self._catalogue[code] = found
        return self._catalogue[code]


async def observe(uow: UnitOfWork, draft: Draft) -> Observation:
    """Record one figure and check it against its neighbours."""
    recording = Recording(uow)
    observation = await recording.add(draft)
    await recording.check()
    return observation


async def confirm(uow: UnitOfWork, observation_id: str, reason: str) -> Observation:
    """A person stands for a held figure."""
    observation = await _get_for_update(uow, observation_id)
    observation.confirm()
    return await _decided(uow, observation, reason)


async def withdraw(uow: UnitOfWork, observation_id: str, reason: str) -> Observation:
    """A person takes a figure back: what was in force becomes unknown."""
    observation = await _get_for_update(uow, observation_id)
    observation.withdraw()
    return await _decided(uow, observation, reason)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revision and every move of it that had been made by the asked instant, oldest first; there is always one."""

    observation: Observation
    moves: Sequence[ObservationMove]


async def get(view: ReadSession, observation_id: str, instant: datetime) -> Recorded:
    """As it stood at that instant. Raises ObservationNotFound, also where it had not been recorded by then."""
    observations = Observations(view.session)
    found = await observations.get(observation_id)
    moves = await observations.moves_of(observation_id, instant)
    if found is None or not moves:
        raise errors.ObservationNotFound(observation_id)
    return Recorded(found, moves)


def instant_of(as_of: str | None, now: datetime) -> datetime:
    """`as_of` as an instant: a day means its end. What lies in the future is refused, since nobody can know it."""
    if as_of is None:
        return now
    try:
        instant = datetime.fromisoformat(as_of).astimezone(SHANGHAI) if "T" in as_of else _end_of(date.fromisoformat(as_of), now)
    except ValueError as error:
        raise errors.AsOfMalformed(as_of) from error
    if instant > now:
        raise errors.AsOfInFuture
    return instant


def _end_of(day: date, now: datetime) -> datetime:
    """The last instant of a day; of today, the present."""
    end = datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)
    return min(end, now) if day == now.date() else end


async def _decided(uow: UnitOfWork, observation: Observation, reason: str) -> Observation:
    ledger = Ledger(uow)
    await ledger.note(observation, reason, by_person=True)
    await uow.session.flush()
    await recheck(ledger, [observation])
    await uow.session.flush()
    return observation


async def _get_for_update(uow: UnitOfWork, observation_id: str) -> Observation:
    found = await Observations(uow.session).get_for_update(observation_id)
    if found is None:
        raise errors.ObservationNotFound(observation_id)
    return found


def _admissible_period(indicator: Indicator, draft: Draft, now: datetime) -> Period:
    if indicator.derived_from is not None:
        raise errors.DerivedNotObserved(indicator.code, indicator.derived_from)
    try:
        period = indicator.calendar.period(draft.period)
    except ValueError as error:
        raise errors.PeriodUnknown(str(error)) from error
    if period.is_after(now.date()):
        raise errors.PeriodInFuture(period.label, now.date().isoformat())
    if draft.published_at is not None and draft.published_at > now:
        raise errors.PublishedInFuture
    return period


def _check_kind(indicator: Indicator, draft: Draft) -> None:
    if draft.unit is not None and draft.unit != indicator.unit:
        raise errors.UnitMismatch(draft.unit, indicator.unit)
    if draft.kind is not None and draft.kind != indicator.kind:
        raise errors.KindMismatch(draft.kind, indicator.kind)
    if draft.value is None:
        return
    if indicator.kind in (Kind.LEVEL, Kind.COUNT) and draft.value < 0:
        raise errors.ImpossibleValue("水平值和个数不得为负，请核对；未知时请填写 null 或 *，不要填 0。")
    if indicator.is_growth and indicator.unit == "%" and draft.value < -100:  # noqa: PLR2004 - nothing can fall by more than all of it
        raise errors.ImpossibleValue("下降幅度不可能超过 100%，请核对。")


def _revision(indicator: Indicator, draft: Draft, period: Period, number: int) -> Observation:
    return Observation(
        region=draft.region,
        indicator=indicator.code,
        period=str(period),
        period_end=period.end,
        revision=number,
        value=draft.value,
        unknown_reason=draft.unknown_reason,
        unit=indicator.unit,
        status=draft.status,
        kind=indicator.kind,
        provenance=draft.provenance,
        publisher=draft.publisher,
        published_at=draft.published_at,
        synthetic=draft.synthetic,
        note=draft.note,
        state=State.ACCEPTED,
        held_because=[],
        decided_by_person=False,
    )
