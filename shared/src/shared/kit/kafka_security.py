"""How a client proves who it is to Kafka, read from the options of a bus URL; secrets come from files, never from the URL."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

OPTIONS: Final = frozenset({"security", "mechanism", "username", "password_file", "ca_file"})
PROTOCOLS: Final = frozenset({"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"})
MECHANISMS: Final = frozenset({"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})


class UnusableSecurity(ValueError):
    """The options contradict each other, name something unknown, or a file cannot be read."""


def client_security(options: Mapping[str, str]) -> dict[str, Any]:
    """Arguments for every client: `security=SASL_SSL&mechanism=SCRAM-SHA-512&username=…&password_file=…&ca_file=…`.

    Without `ca_file` the machine's own authorities are trusted. Raises UnusableSecurity.
    """
    protocol = options.get("security", "PLAINTEXT").upper()
    if protocol not in PROTOCOLS:
        raise UnusableSecurity(f"security={protocol} is none of {sorted(PROTOCOLS)}")
    encrypted, authenticated = protocol.endswith("SSL"), protocol.startswith("SASL")
    _refuse_idle_options(options, encrypted=encrypted, authenticated=authenticated)
    try:
        return {
            "security_protocol": protocol,
            **({"ssl_context": ssl.create_default_context(cafile=options.get("ca_file"))} if encrypted else {}),
            **(_credentials(options) if authenticated else {}),
        }
    except OSError as error:
        raise UnusableSecurity(f"{error.filename or 'ca_file'}: {error.strerror or error}") from error


def _credentials(options: Mapping[str, str]) -> dict[str, str]:
    if missing := {"mechanism", "username", "password_file"} - options.keys():
        raise UnusableSecurity(f"{sorted(missing)} must be given with security={options['security']}")
    if options["mechanism"] not in MECHANISMS:
        raise UnusableSecurity(f"mechanism={options['mechanism']} is none of {sorted(MECHANISMS)}")
    return {
        "sasl_mechanism": options["mechanism"],
        "sasl_plain_username": options["username"],
        "sasl_plain_password": Path(options["password_file"]).read_text(encoding="utf-8").strip(),
    }


def _refuse_idle_options(options: Mapping[str, str], *, encrypted: bool, authenticated: bool) -> None:
    """An option that would be ignored is a mistake: somebody believes that the connection is protected."""
    used = (
        {"security"}
        | ({"ca_file"} if encrypted else set())
        | ({"mechanism", "username", "password_file"} if authenticated else set())
    )
    if idle := (options.keys() & OPTIONS) - used:
        raise UnusableSecurity(f"{sorted(idle)} has no effect with security={options.get('security', 'PLAINTEXT')}")
