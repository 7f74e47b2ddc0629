"""What can go wrong with screenings."""

from shared.kit.errors import NotFound


class ScreeningNotFound(NotFound):
    code = "bond.screening-not-found"

    def __init__(self, screening_id: str) -> None:
        super().__init__(f"没有审查记录 {screening_id}。", screening_id=screening_id)
