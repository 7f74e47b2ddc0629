"""What can go wrong with schemes."""

from collections.abc import Sequence

from shared.kit.errors import Conflict, Fault, Invalid, NotFound

_ACTS = {"change": "修改", "publish": "发布"}
_STATES = {"draft": "是草稿", "published": "已发布", "superseded": "已被新版取代"}


class SchemeNotFound(NotFound):
    code = "scheme.not-found"

    def __init__(self, scheme: str) -> None:
        super().__init__("没有这份评价方案，请核对编号。", scheme=scheme)


class SchemeNotInForce(Invalid):
    code = "scheme.not-in-force"

    def __init__(self, scheme: str, *, pointer: str) -> None:
        super().__init__(f"没有评价方案“{scheme}”，或当时尚未发布，请核对代码。", pointer=pointer, scheme=scheme)


class SchemeNotDraft(Conflict):
    code = "scheme.not-draft"

    def __init__(self, scheme: str, act: str, state: str) -> None:
        super().__init__(
            f"该方案{_STATES[state]}，不能{_ACTS[act]}；如需调整，请用同一代码新建一版草稿。", scheme=scheme, state=state
        )


class DraftExists(Conflict):
    code = "scheme.draft-exists"

    def __init__(self, scheme: str) -> None:
        super().__init__(f"方案“{scheme}”已有一份草稿，请先发布或修改该草稿。", pointer="/code", scheme=scheme)


class SchemeFaulty(Invalid):
    code = "scheme.not-publishable"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"方案有 {len(faults)} 处问题，未发布；请按 errors 逐条修改。", faults=faults)
