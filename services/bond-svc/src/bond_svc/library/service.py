"""What one does with library projects. Every change that matters to the target is counted in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bond_svc.library.errors import CodeTaken, MoveRefused
from bond_svc.library.models import DocumentKind, LibraryDocument, LibraryMove, LibraryProject
from bond_svc.library.repository import LibraryProjects
from bond_svc.library.rules import LibraryState, refusal
from bond_svc.targets import service as targets
from bond_svc.targets.repository import Holding
from bond_svc.targets.service import Change
from shared.kit.db import UnitOfWork
from shared.kit.errors import check_version


@dataclass(frozen=True, slots=True)
class Proposal:
    """A project as it is put in: where it belongs, the state that it enters in, and its contents by column name."""

    region: str
    code: str | None
    state: LibraryState
    synthetic: bool
    contents: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentText:
    kind: DocumentKind
    title: str
    number: str | None
    issued_on: date
    valid_until: date | None


async def propose(uow: UnitOfWork, proposal: Proposal) -> LibraryProject:
    """Put one project into the library, and count it."""
    project = await put_in(uow, proposal)
    await count_in(uow, [project])
    return project


async def put_in(uow: UnitOfWork, proposal: Proposal) -> LibraryProject:
    """Put a project in without counting it: a batch counts once, at its end."""
    projects = LibraryProjects(uow.session)
    if proposal.code is not None and await projects.has_code(proposal.region, proposal.code):
        raise CodeTaken(proposal.region, proposal.code)
    project = LibraryProject(
        region=proposal.region, code=proposal.code, state=LibraryState.IDEA, synthetic=proposal.synthetic, clarifications=[]
    )
    project.fill_in(proposal.contents)
    if proposal.state is not LibraryState.IDEA:
        project.move(proposal.state)
    projects.add(project)
    await uow.session.flush()
    _note_move(uow, project, None, None)
    return project


async def count_in(uow: UnitOfWork, projects: Sequence[LibraryProject]) -> None:
    """Count what was put in; a mere idea counts for nothing yet."""
    await targets.recount(uow, changes_of(project for project in projects if project.state.counts))


async def revise(uow: UnitOfWork, project_id: str, expected: int, contents: Mapping[str, Any]) -> LibraryProject:
    """Change a project's contents."""
    project = await LibraryProjects(uow.session).get_for_update(project_id)
    check_version(project.version, expected)
    return await _revise(uow, project, contents)


async def replan(uow: UnitOfWork, project_id: str, contents: Mapping[str, Any]) -> LibraryProject:
    """Replace part of a project's contents, whatever version the caller last saw."""
    return await _revise(uow, await LibraryProjects(uow.session).get_for_update(project_id), contents)


async def _revise(uow: UnitOfWork, project: LibraryProject, contents: Mapping[str, Any]) -> LibraryProject:
    project.revise(contents)
    await uow.session.flush()
    if project.state.counts:
        await targets.recount(uow, changes_of([project]))
    return project


async def move(uow: UnitOfWork, project_id: str, to: LibraryState, reason: str | None) -> LibraryProject:
    """Move a project to another state, with its history, and count it anew."""
    project = await LibraryProjects(uow.session).get_for_update(project_id)
    before = project.state
    if to is before:
        raise MoveRefused(project_id, to, f"项目已处于“{to.label}”状态。")
    project.move(to)
    await uow.session.flush()
    _note_move(uow, project, before, reason)
    if before.counts or to.counts:
        await targets.recount(uow, changes_of([project]))
    return project


def _note_move(uow: UnitOfWork, project: LibraryProject, before: LibraryState | None, reason: str | None) -> None:
    move = LibraryMove(
        project_id=project.id, from_state=before, to_state=project.state, reason=reason, actor=uow.actor, at=uow.now
    )
    LibraryProjects(uow.session).add(move)


async def add_document(uow: UnitOfWork, project_id: str, text: DocumentText) -> LibraryDocument:
    projects = LibraryProjects(uow.session)
    await projects.get(project_id)
    document = LibraryDocument(
        project_id=project_id,
        kind=text.kind,
        title=text.title,
        number=text.number,
        issued_on=text.issued_on,
        valid_until=text.valid_until,
    )
    document.check_days()
    projects.add(document)
    await uow.session.flush()
    return document


def changes_of(projects: Iterable[LibraryProject]) -> list[Change]:
    """How these projects count now."""
    return [Change(project.id, project.region, _holding(project)) for project in projects]


def _holding(project: LibraryProject) -> Holding | None:
    total, demand = project.total_investment_wan, project.bond_demand_wan
    if not project.state.counts or total is None or demand is None:
        return None
    return Holding(
        project_id=project.id,
        region=project.region,
        portfolio=project.portfolio,
        department=project.lead_department,
        state=project.state.value,
        total_investment_wan=total,
        bond_demand_wan=demand,
        synthetic=project.synthetic,
    )


def possible_moves(project: LibraryProject) -> dict[LibraryState, str | None]:
    """Every other state with the reason why the project may not go there; None where it may."""
    return {to: refusal(project.state, to, project.readiness) for to in LibraryState if to is not project.state}
