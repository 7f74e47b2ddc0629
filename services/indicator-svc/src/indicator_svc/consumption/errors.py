"""What the consumption picture refuses, and how it says so."""

from shared.kit.errors import Invalid


class PicturePeriodRefused(Invalid):
    code = "consumption.period-refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, pointer="query:period")
