"""What can go wrong with the stream."""

from shared.kit.errors import Unavailable


class StreamFull(Unavailable):
    code = "stream.full"

    def __init__(self, most: int) -> None:
        super().__init__(f"实时流的连接数已满（{most}），请稍后重试。", retry_after=5)
