"""What can go wrong with comparing two instants."""

from shared.kit.errors import Invalid


class InstantsReversed(Invalid):
    code = "change.instants-reversed"

    def __init__(self) -> None:
        super().__init__("后一时点 until 不得早于前一时点 since。", pointer="query:until")
