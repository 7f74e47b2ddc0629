"""The receiver guard: which hosts may be told, over what, at which addresses (`requirements.md` A7, `reliability.md` §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL: Final = 2000
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
ANY_PORT: Final = "*"
LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
NEVER: Final[tuple[Network, ...]] = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared address space; a cloud's metadata service lives in it
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # unspecified, loopback (judged before) and IPv4-compatible
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
"""Special-purpose blocks that no receiver lives in. Private networks are not among them: receivers are on internal networks."""


class EndpointState(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


class DisabledBecause(StrEnum):
    """Why an endpoint is told nothing any more."""

    BY_HAND = "by_hand"
    GONE = "gone"
    EXHAUSTED = "exhausted"


class Refusal(StrEnum):
    """Why a receiver may not be told."""

    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    CREDENTIALS = "credentials"
    NOT_REGISTERED = "not_registered"
    PORT_NOT_REGISTERED = "port_not_registered"
    HTTPS_REQUIRED = "https_required"
    UNRESOLVABLE = "unresolvable"
    ADDRESS_FORBIDDEN = "address_forbidden"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook URL in its parts; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


@dataclass(frozen=True, slots=True)
class RegisteredHost:
    """A host that may be told: at one port, at any (`*`), or, without one, at the default port of the scheme."""

    host: str
    port: str = ""

    @classmethod
    def parse(cls, text: str) -> "RegisteredHost":
        """Read `hooks.example.cn`, `hooks.example.cn:8443`, `127.0.0.1:*` or `[::1]:8080`; raises ValueError."""
        host, separator, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
        host, port = (host, port) if separator else (text, "")
        if not host or (port and port != ANY_PORT and not port.isdecimal()) or (separator and not port):
            raise ValueError(f"{text} is no host, host:port or host:*")
        return cls(host.removeprefix("[").removesuffix("]").lower(), port)

    def covers(self, receiver: Receiver) -> bool:
        default = not self.port and receiver.port == DEFAULT_PORTS[receiver.scheme]
        return self.host == receiver.host and (default or self.port in {ANY_PORT, str(receiver.port)})


@dataclass(frozen=True, slots=True)
class ReceiverPolicy:
    """Registered hosts, and the names of those that may be told without TLS.

    `networks` narrows the addresses that registered names may stand for; empty means any that is not special-purpose.
    """

    hosts: tuple[RegisteredHost, ...]
    http_hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def knows(self, host: str) -> bool:
        return any(registered.host == host for registered in self.hosts)


@dataclass(frozen=True, slots=True)
class Interest:
    """What an endpoint wants to hear; an empty set wants everything."""

    levels: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    def takes(self, level: str, rule: str, department: str | None) -> bool:
        return (
            (not self.levels or level in self.levels)
            and (not self.rules or rule in self.rules)
            and (not self.departments or department in self.departments)
        )


def parse_receiver(url: str) -> Receiver | Refusal:
    """Take a webhook URL apart; only plain ASCII http(s) URLs without credentials and fragment are one."""
    if len(url) > LONGEST_URL:
        return Refusal.TOO_LONG
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return Refusal.MALFORMED
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return Refusal.MALFORMED
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0 or parts.fragment:
        return Refusal.MALFORMED
    if "@" in parts.netloc:
        return Refusal.CREDENTIALS
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], target)


def refusal_of(receiver: Receiver, policy: ReceiverPolicy) -> Refusal | None:
    """Whether the policy registers this receiver; asked when it is stored and again at every attempt."""
    if not policy.knows(receiver.host):
        return Refusal.NOT_REGISTERED
    if not any(registered.covers(receiver) for registered in policy.hosts):
        return Refusal.PORT_NOT_REGISTERED
    if receiver.scheme == "http" and receiver.host not in policy.http_hosts:
        return Refusal.HTTPS_REQUIRED
    return None


def is_address_allowed(text: str, host: str, policy: ReceiverPolicy) -> bool:
    """Whether a registered host may be told at this address. Loopback only where loopback itself is the registered host."""
    address = ip_address(text)
    if any(address in network for network in LOOPBACK):
        return host == "localhost" or is_loopback(host)
    if any(address in network for network in NEVER):
        return False
    return not policy.networks or any(address in network for network in policy.networks)


def is_loopback(host: str) -> bool:
    """Whether the host is a loopback address literal."""
    try:
        return any(ip_address(host) in network for network in LOOPBACK)
    except ValueError:
        return False


def choose_address(addresses: Iterable[str], host: str, policy: ReceiverPolicy) -> str | Refusal:
    """The address to connect to: the first answer, provided that every answer is allowed."""
    answers = list(addresses)
    if not answers:
        return Refusal.UNRESOLVABLE
    if not all(is_address_allowed(answer, host, policy) for answer in answers):
        return Refusal.ADDRESS_FORBIDDEN
    return answers[0]


@dataclass(frozen=True, slots=True)
class DatedSecret:
    """A signing secret; `expires_at` is set when another one took its place."""

    secret: str
    expires_at: datetime | None

    def is_valid(self, at: datetime) -> bool:
        return self.expires_at is None or at < self.expires_at
