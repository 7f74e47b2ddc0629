"""How a rule of R05–R16 speaks: hit where something is wrong, undetermined where something is missing, otherwise clear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bond_svc.screenings.proposals import Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    message: str
    inputs: dict[str, Any]
    needed: tuple[str, ...] = ()


def judge(inputs: dict[str, Any], *, wrong: Sequence[str] = (), needed: Sequence[str] = (), clear: str) -> Judgement:
    """What is wrong decides; what is missing is asked for beside it."""
    if wrong:
        return Judgement(Verdict.HIT, "".join(wrong), inputs, tuple(needed))
    if needed:
        return Judgement(Verdict.UNDETERMINED, "资料不全，不能判断。", inputs, tuple(needed))
    return Judgement(Verdict.CLEAR, clear, inputs)


def missing(values: Mapping[str, object]) -> list[str]:
    """What to supply, by label, for every value that is unknown."""
    return [f"填报{label}。" for label, value in values.items() if value is None]
