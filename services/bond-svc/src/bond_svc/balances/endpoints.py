"""The balance calculator over HTTP. It keeps nothing."""

from bond_svc.balances import service
from bond_svc.balances.schemas import BalanceIn, BalanceOut
from bond_svc.balances.sensitivity_schemas import SensitivityIn, SensitivityOut
from bond_svc.balances.service import Threshold
from shared.kit.http import Reads, service_router

router = service_router("bond", "balances", tag="融资收益平衡")


@router.post("", summary="测算融资收益平衡")
async def calculate(body: BalanceIn, view: Reads) -> BalanceOut:
    result = service.compute(body.terms(), [each.flow() for each in body.cash_flows])
    own = None if body.threshold is None else Threshold(body.threshold, None)
    threshold = own or await service.threshold_on(view, body.on or view.now.date())
    return BalanceOut.of(body, result, threshold)


@router.post("/sensitivity", summary="敏感性分析、盈亏平衡点与发行费用")
async def analyse(body: SensitivityIn, view: Reads) -> SensitivityOut:
    result = service.compute(body.terms(), [each.flow() for each in body.cash_flows])
    own = None if body.threshold is None else Threshold(body.threshold, None)
    threshold = own or await service.threshold_on(view, body.on or view.now.date())
    return SensitivityOut.of(body, result, threshold)
