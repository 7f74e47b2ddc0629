"""Use cases of dry runs: nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indicator_svc.changes.rules import Change, Moment, attribute
from indicator_svc.dry_runs.errors import NotADraft
from indicator_svc.dry_runs.rules import differences, hindering
from indicator_svc.schemes import service as schemes
from indicator_svc.schemes.definition import Scheme
from indicator_svc.schemes.errors import SchemeFaulty
from indicator_svc.schemes.models import SchemeState
from indicator_svc.schemes.repository import Schemes
from indicator_svc.scoreboards.items import Questions
from indicator_svc.scoreboards.known import evaluated_period, questions_at
from shared.kit.db import UnitOfWork
from shared.kit.errors import Fault
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True)
class Trial:
    """One period by the draft and, where one is in force and evaluates it, by the published edition."""

    period: Period
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`faults`: what would still keep the draft from being published."""

    draft: Scheme
    published: Scheme | None
    faults: tuple[Fault, ...]
    differences: dict[str, tuple[str, ...]]
    trials: list[Trial]


async def rehearse(uow: UnitOfWork, scheme_id: str, periods: Sequence[str]) -> Rehearsal:
    """The boards of past periods as the draft would have made them, beside those of the edition in force, on today's figures."""
    edition = await schemes.find(uow.session, scheme_id)
    if edition.state != SchemeState.DRAFT:
        raise NotADraft(edition.code, edition.state)
    faults = await schemes.faults_of(uow, edition)
    if hindering(faults):
        raise SchemeFaulty(hindering(faults))
    draft, in_force = edition.parsed(), await Schemes(uow.session).in_force(edition.code, uow.now)
    published = None if in_force is None else in_force.parsed()
    trials = [await _trial(uow, evaluated_period(draft, text, uow.now), published, draft) for text in dict.fromkeys(periods)]
    return Rehearsal(draft, published, faults, differences(published, draft), trials)


async def _trial(uow: UnitOfWork, period: Period, published: Scheme | None, draft: Scheme) -> Trial:
    old = published if published is not None and published.board_period(str(period)) == period else None
    questions = await questions_at(uow.session, (draft,) if old is None else (draft, old), period, uow.now)
    return Trial(period, _alone(period, draft, questions) if old is None else _beside(period, old, draft, questions))


def _beside(period: Period, old: Scheme, draft: Scheme, questions: Questions) -> list[Change]:
    return attribute(period, Moment(old, questions), Moment(draft, questions))


def _alone(period: Period, draft: Scheme, questions: Questions) -> list[Change]:
    """Nothing to compare with: every region is new."""
    return attribute(period, Moment(replace(draft, peers=(), items=()), questions), Moment(draft, questions))
