"""Use cases of webhook receivers."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alert_svc.endpoints.errors import ReceiverRefused
from alert_svc.endpoints.models import WebhookEndpoint, WebhookSecret
from alert_svc.endpoints.repository import Endpoints
from alert_svc.endpoints.rules import DisabledBecause, EndpointState, ReceiverPolicy, Refusal, parse_receiver, refusal_of
from shared.kit.db import Database, ReadSession, UnitOfWork
from shared.kit.errors import check_version

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Registration:
    """A receiver as somebody hands it in."""

    url: str
    description: str
    levels: Sequence[str]
    rules: Sequence[str]
    departments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a receiver; None leaves a part as it is."""

    url: str | None = None
    description: str | None = None
    state: EndpointState | None = None
    levels: Sequence[str] | None = None
    rules: Sequence[str] | None = None
    departments: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the suite runs: its home region (GB/T 2260) and the receivers that it may push to."""

    region: str
    policy: ReceiverPolicy


def new_secret() -> str:
    """A signing secret of 32 random bytes in the form of Standard Webhooks."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def check_url(url: str, policy: ReceiverPolicy) -> None:
    """Raises ReceiverRefused for a URL that may not be told."""
    receiver = parse_receiver(url)
    refusal = receiver if isinstance(receiver, Refusal) else refusal_of(receiver, policy)
    if refusal is not None:
        raise ReceiverRefused(refusal)


async def register(uow: UnitOfWork, wanted: Registration, policy: ReceiverPolicy) -> WebhookEndpoint:
    """Take a receiver on; its first secret is in `secrets`. Raises ReceiverRefused."""
    check_url(wanted.url, policy)
    endpoint = WebhookEndpoint(
        url=wanted.url,
        description=wanted.description,
        state=EndpointState.ENABLED,
        levels=sorted(wanted.levels),
        rules=sorted(wanted.rules),
        departments=sorted(wanted.departments),
        secrets=[WebhookSecret(secret=new_secret(), created_at=uow.now)],
    )
    Endpoints(uow.session).add(endpoint)
    await uow.session.flush()
    return endpoint


async def change(uow: UnitOfWork, endpoint_id: str, version: int, changes: Changes, at_home: Deployment) -> WebhookEndpoint:
    """Raises EndpointNotFound, StaleVersion, ReceiverRefused."""
    endpoint = await Endpoints(uow.session).get_for_update(endpoint_id)
    check_version(endpoint.version, version)
    if changes.url is not None:
        check_url(changes.url, at_home.policy)
    for name in ("url", "description", "levels", "rules", "departments"):
        value = getattr(changes, name)
        if value is not None:
            setattr(endpoint, name, value if isinstance(value, str) else sorted(value))
    if changes.state is EndpointState.ENABLED:
        endpoint.enable(uow.now, at_home.region, uow)
    elif changes.state is EndpointState.DISABLED:
        endpoint.disable(DisabledBecause.BY_HAND, uow.now, at_home.region, uow)
    await uow.session.flush()
    return endpoint


async def remove(uow: UnitOfWork, endpoint_id: str, version: int, region: str) -> WebhookEndpoint:
    """Forget a receiver and its secrets; what it was told stays on record. Raises EndpointNotFound, StaleVersion."""
    endpoint = await Endpoints(uow.session).get_for_update(endpoint_id)
    check_version(endpoint.version, version)
    endpoint.remove(uow.now, region, uow)
    for secret in endpoint.secrets:
        await uow.session.delete(secret)
    await uow.session.flush()
    return endpoint


async def rotate(uow: UnitOfWork, endpoint_id: str, overlap: timedelta) -> tuple[WebhookEndpoint, str]:
    """Give a receiver a new secret; the old one signs along for `overlap`. Raises EndpointNotFound, RotationRunning."""
    endpoint = await Endpoints(uow.session).get_for_update(endpoint_id)
    secret = new_secret()
    endpoint.rotate(secret, uow.now, overlap)
    endpoint.updated_at = uow.now
    await uow.session.flush()
    return endpoint, secret


async def purge_expired_secrets(database: Database) -> None:
    """Forget the secrets that sign no more."""
    async with database.unit_of_work("timer:secrets") as uow:
        await Endpoints(uow.session).forget_secrets_expired_at(uow.now)


async def figures(view: ReadSession) -> Mapping[str, float]:
    """What the metrics page says of receivers."""
    return {"endpoints_given_up": await Endpoints(view.session).given_up()}
