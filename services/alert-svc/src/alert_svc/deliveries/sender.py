"""One attempt over the network: guarded, signed, bounded in time and size, never redirected, never through a proxy."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpcore

from alert_svc.deliveries.rules import Answer, Outcome, outcome_of, parse_retry_after, signature_headers
from alert_svc.deliveries.service import Parcel
from alert_svc.endpoints.errors import SENTENCES
from alert_svc.endpoints.rules import ReceiverPolicy, Refusal, choose_address, parse_receiver, refusal_of
from shared.kit.clock import Clock

TIMEOUT: Final = timedelta(seconds=15)
DRAIN_SECONDS: Final = 1.0
LARGEST_ANSWER: Final = 64 * 1024
EXCERPT: Final = 300
KEEPALIVE_SECONDS: Final = 5.0
USER_AGENT: Final = "diaodu-alert-svc"


class Blocked(Exception):
    """The receiver guard does not let this connection be made."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a registered name once, checks every answer, and connects to the very address that was checked."""

    def __init__(self, policy: ReceiverPolicy) -> None:
        self._policy = policy
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = choose_address(await _addresses(host, port), host, self._policy)
        if isinstance(address, Refusal):
            raise Blocked(address)
        return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """How long one attempt may take, and how many connections there may be."""

    timeout: timedelta = TIMEOUT
    connections: int = 64


class Sender:
    """Sends parcels. `clock` dates the signatures: the receiver compares it with its own clock, so it is the real one."""

    def __init__(self, policy: ReceiverPolicy, clock: Clock, limits: SenderLimits, tls: ssl.SSLContext) -> None:
        self._policy = policy
        self._clock = clock
        self._seconds = limits.timeout.total_seconds()
        # httpcore itself, under httpx: it follows no redirect, reads no proxy setting, and lets us pin the address.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=limits.connections,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=GuardedNetwork(policy),
        )

    async def send(self, parcel: Parcel) -> Answer:
        """Make one attempt; never raises but for cancellation."""
        receiver = parse_receiver(parcel.url)
        refusal = receiver if isinstance(receiver, Refusal) else refusal_of(receiver, self._policy)
        if refusal is not None:
            return _blocked(refusal)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(parcel)
        except TimeoutError:
            return Answer(Outcome.TIMED_OUT, detail=f"{self._seconds:g} 秒内没有应答")
        except Blocked as error:
            return _blocked(error.refusal)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return Answer(Outcome.UNREACHABLE, detail=f"{type(error).__name__}: {error}"[:EXCERPT])

    async def _post(self, parcel: Parcel) -> Answer:
        signed = signature_headers(parcel.secrets, parcel.delivery_id, self._clock.now(), parcel.body)
        headers = {"content-type": "application/json; charset=utf-8", "user-agent": USER_AGENT, **signed}
        content = parcel.body.encode()
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        async with self._pool.stream("POST", parcel.url, headers=named, content=content) as response:
            wait = parse_retry_after(_header(response, b"retry-after"), self._clock.now())
            outcome = outcome_of(response.status)
            said = await _read_some(response)
            return Answer(outcome, response.status, wait, "" if outcome is Outcome.DELIVERED else said)

    async def close(self) -> None:
        """Let go of every connection; the next attempt opens new ones."""
        await self._pool.aclose()


def _blocked(refusal: Refusal) -> Answer:
    return Answer(Outcome.BLOCKED, detail=SENTENCES[refusal])


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


async def _read_some(response: httpcore.Response) -> str:
    """The beginning of what the receiver says. The status has decided already: a long or slow body is not waited for."""
    body = b""
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    break
    return "".join(one if one.isprintable() else " " for one in body[: EXCERPT * 4].decode(errors="replace"))[:EXCERPT]
