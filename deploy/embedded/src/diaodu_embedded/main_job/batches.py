"""Writing many things at once."""

from collections.abc import Sequence

from diaodu_embedded.client import Document, SuiteClient

ITEMS_PER_BATCH = 500


class BatchItemRefused(Exception):
    """An item that the suite should have taken was refused; says which and why."""


async def write_all(suite: SuiteClient, service: str, path: str, items: Sequence[Document]) -> int:
    """Write every item; answers how many. Raises BatchItemRefused for the first that is not taken."""
    for start in range(0, len(items), ITEMS_PER_BATCH):
        chunk = items[start : start + ITEMS_PER_BATCH]
        answer = await suite.post(service, f"{path}/batch", {"mode": "each", "items": chunk})
        for result in answer["results"]:
            if result.get("problem"):
                raise BatchItemRefused(f"{service}/{path} {chunk[result['index']]}: {result['problem']['detail']}")
    return len(items)
