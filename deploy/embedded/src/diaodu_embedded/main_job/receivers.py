"""Who is told: three receivers with interests of their own, which check every signature."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from diaodu_embedded.client import Refused, SuiteClient
from shared.testing.receiver import WebhookReceiver

LABEL: Final = "（演示）"


@dataclass(frozen=True, slots=True)
class Interest:
    """A receiver's name and what it wants to hear of; an empty filter wants everything."""

    name: str
    filters: Mapping[str, Any] = field(default_factory=dict)


INTERESTS: Final = (
    Interest("移动端后台：全部预警"),
    Interest("市政府督查室：橙色、红色", {"levels": ["orange", "red"]}),
    Interest("市住建局：本部门牵头", {"departments": ["市住建局"]}),
)


@asynccontextmanager
async def registered_receivers(
    suite: SuiteClient, host: str = "127.0.0.1", reached_at: str = "127.0.0.1"
) -> AsyncIterator[Sequence[WebhookReceiver]]:
    """Receivers that listen at `host` and are registered as `reached_at`, for as long as the block lasts.

    What an earlier run could not take back is taken back first: nobody listens there any more.
    """
    await _take_back(suite)
    async with AsyncExitStack() as stack:
        receivers = [await stack.enter_async_context(WebhookReceiver(host=host, reached_at=reached_at)) for _ in INTERESTS]
        for interest, receiver in zip(INTERESTS, receivers, strict=True):
            body = {"url": receiver.url, "description": interest.name + LABEL, **interest.filters}
            receiver.secrets.add((await suite.post("alert", "endpoints", body))["secret"])
        try:
            yield receivers
        finally:
            await _take_back(suite)


def received_by(receivers: Sequence[WebhookReceiver]) -> str:
    """What each of them took since it was registered, as a line of progress."""
    each = "；".join(f"{interest.name} {receiver.distinct} 条" for interest, receiver in zip(INTERESTS, receivers, strict=True))
    unsigned = sum(receiver.unsigned for receiver in receivers)
    return f"接收方收到新推送 {sum(receiver.distinct for receiver in receivers)} 条（{each}），签名不符 {unsigned} 条"


async def _take_back(suite: SuiteClient) -> None:
    async for endpoint in suite.every("alert", "endpoints"):
        if endpoint["description"].endswith(LABEL) and endpoint["state"] != "deleted":
            try:
                await suite.delete("alert", f"endpoints/{endpoint['id']}", endpoint["version"])
            except Refused as refusal:
                if refusal.status not in (404, 412):  # somebody else took it back, or changed it, meanwhile
                    raise
