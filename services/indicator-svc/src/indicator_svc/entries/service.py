"""Use cases of entry: register, file documents, move along, name and clear what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from indicator_svc.deadlines.rules import Crossing
from indicator_svc.deadlines.service import sweep
from indicator_svc.entries import errors
from indicator_svc.entries.blockers import EntryBlocker
from indicator_svc.entries.models import Entry, EntryApplication
from indicator_svc.entries.repository import Applications
from indicator_svc.entries.rules import EntryAct, Route, Subject
from indicator_svc.entries.shipped import INVESTMENT, EntryRules, entry_rules_on
from shared.kit.db import Database, UnitOfWork
from shared.kit.errors import check_version
from shared.kit.ids import new_id
from shared.kit.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A project or enterprise as it comes in; money in 万元, None is unknown."""

    route: Route
    name: str
    region: str
    lead_department: str
    portfolio: str
    responsible_person: str
    sector: str = INVESTMENT
    uscc: str | None = None
    project_code: str | None = None
    total_investment_wan: Decimal | None = None
    income_month: str | None = None
    income_cumulative_wan: Decimal | None = None
    vat_month: str | None = None
    vat_cumulative_wan: Decimal | None = None
    output_cumulative_wan: Decimal | None = None
    first_sale_on: date | None = None
    synthetic: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way, who has to clear it, and by when."""

    description: str
    owner_department: str
    due_on: date


async def register(uow: UnitOfWork, registration: Registration) -> EntryApplication:
    """Put a project or enterprise on file, not qualified yet."""
    rules = entry_rules_on(uow.now.date())
    _must_be_named(registration, rules)
    known = await Applications(uow.session).on_file(uscc=registration.uscc, project_code=registration.project_code)
    if known is not None and (registration.project_code or registration.route.subject is Subject.ENTERPRISE):
        raise errors.AlreadyOnFile("/project_code" if registration.project_code else "/uscc", known)
    fields = {name: getattr(registration, name) for name in Registration.__dataclass_fields__}
    application = EntryApplication(**fields, subject_type=registration.route.subject, documents={})
    _must_be_past(application, uow.now.date())
    application.id = new_id()
    application.open_history(_entry(uow, "登记"), uow)
    Applications(uow.session).add(application)
    await uow.session.flush()
    return application


async def change(uow: UnitOfWork, application_id: str, expected: int, changes: Mapping[str, Any]) -> EntryApplication:
    """Change what is said of it; what was handed in or has entered stays as it was handed in."""
    application = await Applications(uow.session).for_change(application_id)
    check_version(application.version, expected)
    application.must_be_editable()
    for name, value in changes.items():
        setattr(application, name, value)
    _must_be_past(application, uow.now.date())
    return await _seen_again(uow, application)


async def file_document(uow: UnitOfWork, application_id: str, key: str, filed: Mapping[str, str | None]) -> EntryApplication:
    """Put a document into the dossier; a newer one replaces it."""
    names = entry_rules_on(uow.now.date()).document_names
    if key not in names:
        raise errors.DocumentUnknown(key, sorted(names))
    application = await Applications(uow.session).for_change(application_id)
    application.must_be_editable()
    application.documents = {**application.documents, key: dict(filed)}
    return await _seen_again(uow, application)


async def remove_document(uow: UnitOfWork, application_id: str, key: str, expected: int) -> EntryApplication:
    """Take a document out that does not belong there."""
    application = await Applications(uow.session).for_change(application_id)
    check_version(application.version, expected)
    application.must_be_editable()
    if key not in application.documents:
        raise errors.DocumentNotFound(key)
    application.documents = {other: filed for other, filed in application.documents.items() if other != key}
    return await _seen_again(uow, application)


async def move(uow: UnitOfWork, application_id: str, act: EntryAct, reason: str) -> EntryApplication:
    """One move along the pipeline, once everything that it wants is there."""
    application = await Applications(uow.session).for_change(application_id)
    application.must_be_open_to(act)
    _must_be_ready(application, act, uow.now.date())
    application.move(act, _entry(uow, reason), uow)
    await uow.session.flush()
    return application


async def block(uow: UnitOfWork, application_id: str, obstacle: Obstacle) -> EntryBlocker:
    """Name what stands in the way; its due day is watched."""
    application = await Applications(uow.session).for_change(application_id)
    blocker = EntryBlocker(
        application=application,
        description=obstacle.description,
        owner_department=obstacle.owner_department,
        promised_on=obstacle.due_on,
    )
    blocker.wait_until(obstacle.due_on)
    Applications(uow.session).add(blocker)
    await uow.session.flush()
    return blocker


async def unblock(uow: UnitOfWork, place: tuple[str, str], on: date, resolution: str) -> EntryBlocker:
    """Clear the blocker at `place` (application, blocker)."""
    if on > uow.now.date():
        raise errors.InFuture("/resolved_on", on)
    blocker = await Applications(uow.session).blocker_for_change(*place)
    blocker.resolve(on, resolution, uow)
    await uow.session.flush()
    return blocker


async def watch_deadlines(database: Database) -> dict[str, int]:
    """Tell of every window, stage and blocker that comes due or is missed."""
    notice = entry_rules_on(database.clock.now().date()).notice
    told = {}
    for model in (EntryApplication, EntryBlocker):
        counts = await sweep(database, model, notice)
        told[model.watched_as] = sum(counts[each] for each in Crossing)
    return told


async def _seen_again(uow: UnitOfWork, application: EntryApplication) -> EntryApplication:
    application.look_again(uow.now.date())
    await uow.session.flush()
    return application


def _must_be_named(registration: Registration, rules: EntryRules) -> None:
    if registration.sector not in rules.thresholds:
        raise errors.SectorUnknown(registration.sector, sorted(rules.thresholds))
    is_project = registration.route.subject is Subject.PROJECT
    if is_project != (registration.sector == INVESTMENT):
        raise errors.NoDossier(registration.route, registration.sector)
    if rules.dossier(registration.route, registration.sector, registration.total_investment_wan) is None:
        raise errors.NoDossier(registration.route, registration.sector)
    if not is_project and registration.uscc is None:
        raise errors.IdentityMissing("/uscc", "企业须填写统一社会信用代码，不以名称认定企业。")
    if not is_project and registration.project_code is not None:
        raise errors.IdentityMissing("/project_code", "企业入统不填写投资项目代码。")


def _must_be_past(application: EntryApplication, today: date) -> None:
    """No form of a month that is not over, no sale that was not made yet."""
    for name in ("income_month", "vat_month"):
        month = getattr(application, name)
        if month is not None and Period.parse(month).is_after(today):
            raise errors.MonthInFuture(f"/{name}", month)
    if application.first_sale_on is not None and application.first_sale_on > today:
        raise errors.InFuture("/first_sale_on", application.first_sale_on)


def _must_be_ready(application: EntryApplication, act: EntryAct, today: date) -> None:
    findings = application.below_line(today) if act in (EntryAct.QUALIFY, EntryAct.SUBMIT) else []
    rules = entry_rules_on(today)
    if act is EntryAct.SUBMIT:
        findings = [*application.missing(rules), *findings]
    if findings:
        raise errors.NotReady(act, findings)
    if act is EntryAct.SUBMIT:
        window = rules.window(Route(application.route), application.sector, today)
        if window is None or not window.is_open(today):
            raise errors.WindowClosed(window)


def _entry(uow: UnitOfWork, reason: str) -> Entry:
    return Entry(uow.now, uow.actor, reason)
