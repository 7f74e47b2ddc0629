"""What the pace refuses, and how it says so."""

from shared.kit.errors import Invalid


class PaceRefused(Invalid):
    """A question that has no answer for any figure; `query` is the parameter to mend."""

    code = "pace.refused"

    def __init__(self, detail: str, query: str) -> None:
        super().__init__(detail, pointer=f"query:{query}")
