"""Which receivers may be told: the policy, and the address that is connected to."""

from ipaddress import ip_network

import pytest

from alert_svc.deliveries.sender import Blocked, GuardedNetwork
from alert_svc.endpoints.rules import (
    Receiver,
    ReceiverPolicy,
    Refusal,
    RegisteredHost,
    choose_address,
    is_address_allowed,
    parse_receiver,
    refusal_of,
)

POLICY = ReceiverPolicy(
    hosts=tuple(map(RegisteredHost.parse, ("hooks.example.cn", "app.example.cn:8443", "127.0.0.1:*", "localhost:*"))),
    http_hosts=frozenset({"127.0.0.1", "localhost"}),
)


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://hooks.example.cn/in", None),
        ("https://HOOKS.example.cn:443/in?a=b", None),
        ("https://app.example.cn:8443/", None),
        ("http://127.0.0.1:9999/hook", None),
        ("http://hooks.example.cn:443/in", Refusal.PORT_NOT_REGISTERED),
        ("http://hooks.example.cn/in", Refusal.HTTPS_REQUIRED),
        ("https://app.example.cn/", Refusal.PORT_NOT_REGISTERED),
        ("https://other.example.cn/", Refusal.NOT_REGISTERED),
        ("https://hooks.example.cn.evil.cn/", Refusal.NOT_REGISTERED),
        ("https://169.254.169.254/latest", Refusal.NOT_REGISTERED),
        ("http://2130706433/", Refusal.NOT_REGISTERED),
        ("http://0x7f.1/", Refusal.NOT_REGISTERED),
        ("https://user:pw@hooks.example.cn/", Refusal.CREDENTIALS),
        ("https://hooks.example.cn@evil.cn/", Refusal.CREDENTIALS),
        ("ftp://hooks.example.cn/", Refusal.MALFORMED),
        ("hooks.example.cn/in", Refusal.MALFORMED),
        ("https://hooks.example.cn/#x", Refusal.MALFORMED),
        ("https://hooks.example.cn:99999/", Refusal.MALFORMED),
        ("https://hooks.example.cn:0/", Refusal.MALFORMED),
        ("https://[::1/", Refusal.MALFORMED),
        ("https://hooks.example.cn\\@evil.cn/", Refusal.MALFORMED),
        ("https://hooks.example.cn/a b", Refusal.MALFORMED),
        ("https://钩子.example.cn/", Refusal.MALFORMED),
        ("https://hooks.example.cn/" + "a" * 2000, Refusal.TOO_LONG),
    ],
)
def test_only_registered_receivers_are_taken(url: str, refusal: Refusal | None) -> None:
    receiver = parse_receiver(url)
    assert (refusal_of(receiver, POLICY) if isinstance(receiver, Receiver) else receiver) is refusal


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "127.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2002:7f00:1::",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_a_registered_name_may_not_stand_for_a_special_address(address: str) -> None:
    assert not is_address_allowed(address, "hooks.example.cn", POLICY)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "1.2.3.4", "fd00::1", "2400:3200::1"])
def test_a_registered_name_may_stand_for_an_internal_or_public_address(address: str) -> None:
    assert is_address_allowed(address, "hooks.example.cn", POLICY)


def test_networks_narrow_the_addresses() -> None:
    narrow = ReceiverPolicy(POLICY.hosts, networks=(ip_network("10.1.0.0/16"),))
    assert is_address_allowed("10.1.2.3", "hooks.example.cn", narrow)
    assert not is_address_allowed("10.2.2.3", "hooks.example.cn", narrow)


def test_one_forbidden_answer_forbids_the_name() -> None:
    assert choose_address(["10.1.2.3", "127.0.0.1"], "hooks.example.cn", POLICY) is Refusal.ADDRESS_FORBIDDEN
    assert choose_address([], "hooks.example.cn", POLICY) is Refusal.UNRESOLVABLE
    assert choose_address(["10.1.2.3", "10.1.2.4"], "hooks.example.cn", POLICY) == "10.1.2.3"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_told_only_under_its_own_name(host: str) -> None:
    assert is_address_allowed("127.0.0.1", host, POLICY)


async def test_a_name_that_turns_out_to_be_loopback_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def rebound(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr("alert_svc.deliveries.sender._addresses", rebound)
    with pytest.raises(Blocked) as blocked:
        await GuardedNetwork(POLICY).connect_tcp("hooks.example.cn", 443)
    assert blocked.value.refusal is Refusal.ADDRESS_FORBIDDEN


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("a.cn", RegisteredHost("a.cn")),
        ("a.cn:8443", RegisteredHost("a.cn", "8443")),
        ("a.cn:*", RegisteredHost("a.cn", "*")),
        ("[::1]:80", RegisteredHost("::1", "80")),
        ("[::1]", RegisteredHost("::1")),
    ],
)
def test_a_registered_host_is_read(text: str, host: RegisteredHost) -> None:
    assert RegisteredHost.parse(text) == host


@pytest.mark.parametrize("text", ["", ":80", "a.cn:", "a.cn:eighty"])
def test_a_malformed_registration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host"):
        RegisteredHost.parse(text)
