"""What can go wrong with webhook receivers."""

from typing import Final

from alert_svc.endpoints.rules import LONGEST_URL, Refusal
from shared.kit.errors import Conflict, Invalid, NotFound

SENTENCES: Final = {
    Refusal.MALFORMED: "推送地址格式不对：须为 http(s) 开头的 ASCII 网址，不含空格和 # 片段。",
    Refusal.TOO_LONG: f"推送地址过长：最多 {LONGEST_URL} 个字符。",
    Refusal.CREDENTIALS: "推送地址中不得包含用户名或密码；接收方请用签名验证来源。",
    Refusal.NOT_REGISTERED: "推送地址的主机未登记：请联系运维将其加入接收方白名单。",
    Refusal.PORT_NOT_REGISTERED: "推送地址的端口未登记：请联系运维确认该主机允许的端口。",
    Refusal.HTTPS_REQUIRED: "推送地址须使用 https：该主机未获准使用明文 http。",
    Refusal.UNRESOLVABLE: "推送地址的主机名无法解析。",
    Refusal.ADDRESS_FORBIDDEN: "推送地址解析到不允许访问的网络地址。",
}


class EndpointNotFound(NotFound):
    code = "endpoint.not-found"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"没有编号为“{endpoint_id}”的推送接收方。", endpoint_id=endpoint_id)


class ReceiverRefused(Invalid):
    code = "endpoint.receiver-refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(SENTENCES[refusal], pointer="/url", refusal=refusal)


class EndpointDisabled(Conflict):
    code = "endpoint.disabled"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("推送接收方已停用：请先将其状态改为 enabled。", endpoint_id=endpoint_id)


class RotationRunning(Conflict):
    code = "endpoint.rotation-running"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__("上一次密钥轮换的重叠期尚未结束：同时有效的密钥最多两个。", endpoint_id=endpoint_id)
