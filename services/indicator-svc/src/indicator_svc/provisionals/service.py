"""Records what was heard as provisional observations, and shows it beside what was published."""

from dataclasses import dataclass
from decimal import Decimal

from indicator_svc.observations.models import Observation
from indicator_svc.observations.repository import Observations
from indicator_svc.observations.rules import Provenance, State, Status
from indicator_svc.observations.service import Draft, Recording
from indicator_svc.provisionals.rules import HEARD, Reading, difference, is_news, readings_of
from shared.contracts.project import RatesComputed
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.decimals import UnknownReason

PUBLISHER = "project-svc"


@dataclass(frozen=True, slots=True)
class Pair:
    """The newest accepted figure of each kind; None where there is none."""

    provisional: Observation
    official: Observation | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.official is None else difference(self.provisional.value, self.official.value)


async def hear_rates(uow: UnitOfWork, fact: RatesComputed) -> None:
    """Record what the rates say of our indicators, unless something newer was heard already."""
    recording = Recording(uow)
    for reading in readings_of(fact):
        heard = await _last_heard(uow, fact, reading)
        if is_news(fact.computed_at, None if heard is None else heard.published_at):
            await recording.add(_draft(uow, fact, reading))
    await recording.check()


async def _last_heard(uow: UnitOfWork, fact: RatesComputed, reading: Reading) -> Observation | None:
    revisions = await Observations(uow.session).of_figure(fact.region, reading.indicator, fact.period)
    return next((each for each in revisions if not each.official and each.publisher == PUBLISHER), None)


def _draft(uow: UnitOfWork, fact: RatesComputed, reading: Reading) -> Draft:
    event = "" if uow.cause is None else f"（事实 {uow.cause.id}）"
    return Draft(
        region=fact.region,
        indicator=reading.indicator,
        period=fact.period,
        value=reading.value,
        unknown_reason=UnknownReason.NOT_PUBLISHED if reading.value is None else None,
        status=Status.FLASH,
        provenance=Provenance.PROVISIONAL,
        publisher=PUBLISHER,
        # The other service's clock may be ahead of ours, and nothing is published in the future.
        published_at=min(fact.computed_at, uow.now),
        synthetic=fact.synthetic,
        note=f"{reading.basis}{event}",
    )


async def beside(view: ReadSession, region: str, period: str) -> list[Pair]:
    """Every provisional figure of a region and month, with the official one where there is one."""
    observations, pairs = Observations(view.session), []
    for code in HEARD:
        accepted = [each for each in await observations.of_figure(region, code, period) if each.state == State.ACCEPTED]
        provisional = next((each for each in accepted if not each.official), None)
        if provisional is not None:
            pairs.append(Pair(provisional, next((each for each in accepted if each.official), None)))
    return pairs
