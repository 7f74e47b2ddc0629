"""Use cases of schemes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from indicator_svc.indicators.repository import Indicators
from indicator_svc.indicators.rules import Direction
from indicator_svc.schemes.definition import OF_PROVINCE, Nature, Scheme
from indicator_svc.schemes.errors import DraftExists, SchemeFaulty, SchemeNotFound
from indicator_svc.schemes.models import Publication, SchemeEdition
from indicator_svc.schemes.parameters import inputs_of
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.rules import Surroundings, publication_faults
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import Fault, check_version


async def draft(uow: UnitOfWork, code: str, definition: dict[str, Any]) -> SchemeEdition:
    """Begin a new edition of the scheme with this code; a code has one draft at a time."""
    schemes = Schemes(uow.session)
    if await schemes.draft_of(code) is not None:
        raise DraftExists(code)
    edition = SchemeEdition(
        code=code,
        edition=await schemes.last_edition(code) + 1,
        name=definition["name"],
        year=definition["year"],
        definition=definition,
    )
    schemes.add(edition)
    await uow.session.flush()
    return edition


async def change(uow: UnitOfWork, scheme_id: str, expected: int, fields: dict[str, Any]) -> SchemeEdition:
    edition = await _locked(uow, scheme_id)
    check_version(edition.version, expected)
    edition.change(fields)
    await uow.session.flush()
    return edition


async def publish(uow: UnitOfWork, scheme_id: str) -> SchemeEdition:
    """Publish a draft without faults; the edition that was in force is superseded. A worker then computes its boards."""
    edition = await _locked(uow, scheme_id)
    edition.publish(uow.now)
    faults = await faults_of(uow, edition)
    if faults:
        raise SchemeFaulty(faults)
    schemes = Schemes(uow.session)
    for other in await schemes.published():
        if other.code == edition.code and other.id != edition.id:
            other.supersede(uow.now)
    schemes.add(Publication(scheme_id=edition.id, published_at=uow.now, published_by=uow.actor, boards_computed=False))
    await uow.session.flush()
    return edition


async def faults_of(uow: UnitOfWork, edition: SchemeEdition) -> tuple[Fault, ...]:
    """Everything that keeps the edition from being published."""
    return publication_faults(edition.definition, await _surroundings(uow, edition))


async def get(view: ReadSession, scheme_id: str) -> SchemeEdition:
    return await find(view.session, scheme_id)


async def find(session: AsyncSession, scheme_id: str) -> SchemeEdition:
    found = await Schemes(session).get(scheme_id)
    if found is None:
        raise SchemeNotFound(scheme_id)
    return found


async def natures_of(session: AsyncSession, scheme: Scheme) -> dict[str, Nature]:
    """What the items of a scheme are, by indicator."""
    catalogue = await Indicators(session).with_codes({item.indicator for item in scheme.items})
    return {code: Nature(each.name, each.unit, each.is_growth) for code, each in catalogue.items()}


async def _locked(uow: UnitOfWork, scheme_id: str) -> SchemeEdition:
    found = await Schemes(uow.session).get_for_update(scheme_id)
    if found is None:
        raise SchemeNotFound(scheme_id)
    return found


async def _surroundings(uow: UnitOfWork, edition: SchemeEdition) -> Surroundings:
    catalogue = await Indicators(uow.session).with_codes(_codes(edition.definition))
    return Surroundings(
        indicators={code: Direction(indicator.direction) for code, indicator in catalogue.items()},
        derived={code for code, indicator in catalogue.items() if indicator.derived_from is not None},
        watched_elsewhere=await _watched_elsewhere(uow, edition),
    )


async def _watched_elsewhere(uow: UnitOfWork, edition: SchemeEdition) -> dict[str, str]:
    first, last = _years(edition.definition)
    watched: dict[str, str] = {}
    for other in await Schemes(uow.session).published():
        begins, ends = _years(other.definition)
        if other.code != edition.code and other.definition["regions_watched"] and begins <= last and first <= ends:
            watched |= {item["indicator"]: other.code for item in other.definition["items"]}
    return watched


def _years(definition: dict[str, Any]) -> tuple[int, int]:
    return definition["year"], definition["through_year"] or definition["year"]


def _codes(definition: dict[str, Any]) -> set[str]:
    """Every indicator that the draft may look at, faulty items included."""
    codes: set[str] = set()
    for item in definition["items"]:
        inputs = inputs_of(item["params"], item["indicator"]).values()
        measure = item["params"].get("measure")
        codes |= {item["indicator"], *(code.removeprefix(OF_PROVINCE) for code in inputs)}
        codes |= {measure} if isinstance(measure, str) else set()
    return codes
