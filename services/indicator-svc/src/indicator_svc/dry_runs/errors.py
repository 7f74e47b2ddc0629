"""What can go wrong with a dry run."""

from shared.kit.errors import Conflict


class NotADraft(Conflict):
    code = "scheme.not-draft"

    def __init__(self, scheme: str, state: str) -> None:
        super().__init__("只有草稿可以试算；该版方案已经发布。", scheme=scheme, state=state)
