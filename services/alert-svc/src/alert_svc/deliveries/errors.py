"""What can go wrong with deliveries."""

from shared.kit.errors import Conflict, NotFound


class DeliveryNotFound(NotFound):
    code = "delivery.not-found"

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"没有编号为“{delivery_id}”的推送。", delivery_id=delivery_id)


class DeliveryStillUnderWay(Conflict):
    code = "delivery.under-way"

    def __init__(self, delivery_id: str) -> None:
        super().__init__("推送仍在按计划重试，无需手工重发。", delivery_id=delivery_id)
