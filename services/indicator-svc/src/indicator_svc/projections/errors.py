"""What a projection refuses, and how it says so."""

from shared.kit.errors import Invalid


class ProjectionRefused(Invalid):
    """A question that no history answers; `query` is the parameter to mend."""

    code = "projection.refused"

    def __init__(self, detail: str, query: str) -> None:
        super().__init__(detail, pointer=f"query:{query}")
