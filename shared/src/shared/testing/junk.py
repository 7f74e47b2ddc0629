"""Records that no service of this suite would publish, but somebody may: each has to be set aside alone, whatever is in it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.contracts.envelope import Headers
from shared.testing.backbone import a_record

GOOD: Final = dict(a_record(1, milestone="junk").headers)
DATA: Final = a_record(1).value or b""
LARGE: Final = 850_000

Content = tuple[Headers, bytes]


def with_headers(**changes: bytes) -> Headers:
    """The headers of a good event, but for these."""
    return tuple({**GOOD, **changes}.items())


UNREADABLE: Final[Mapping[str, Content]] = MappingProxyType(
    {
        "no headers": ((), DATA),
        "no id": (tuple((name, value) for name, value in GOOD.items() if name != "ce_id"), DATA),
        "headers that are no text": (with_headers(ce_id=b"\xff\xfe\x00"), DATA),
        "a NUL in a header": (with_headers(ce_source=b"/project-svc\x00"), DATA),
        "a NUL in a header that nobody reads": (with_headers(x_more=b"\x00\x01"), b"{"),
        "an id without end": (with_headers(ce_id=b"x" * 10_000), DATA),
        "a key without end": (with_headers(ce_partitionkey=b"x" * 10_000), DATA),
        "no number": (with_headers(ce_sequence=b"first"), DATA),
        "number zero": (with_headers(ce_sequence=b"0"), DATA),
        "a number without end": (with_headers(ce_sequence=b"9" * 40), DATA),
        "a time without a zone": (with_headers(ce_time=b"2022-07-01T09:00:00"), DATA),
        "broken JSON": (with_headers(), b'{"region": "6202'),
        "bytes that are no text": (with_headers(), b"\xff\xfe\x00"),
        "JSON nested without end": (with_headers(), b"[" * 100_000),
        "large and broken": (with_headers(), b"x" * LARGE),
    }
)
"""What is no event of this suite; named for what is wrong with it."""
