"""The answers of the shipped policy versions, as they were when these were shipped."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from bond_svc.balances.rules import BondTerms, Repayment
from bond_svc.library.rules import IncomeNature
from bond_svc.policies.rules import RuleBook
from bond_svc.policies.shipped import shipped_policies
from bond_svc.screenings.proposals import IncomeLine, PlannedYear, Proposal
from bond_svc.screenings.rules import screen

GOLDEN = Path(__file__).with_name("golden_answers.json")
NOTHING_KNOWN = Proposal("供水", None, None, None, None, None, None, ("债券期限",), None)


def a_proposal(net: str) -> Proposal:
    """Net income in each of ten years against 10,000 at 3.2 % as a bullet: debt service 13,200."""
    return Proposal(
        name="城区供水管网改造工程",
        description="改造供水主管网 42 公里，不涉及楼堂馆所等禁止类内容。",
        field="F07",
        sub_field="供水",
        public_interest=True,
        income_lines=(IncomeLine("水费收入", IncomeNature.SPECIAL_REVENUE, Decimal(net) * 10),),
        terms=BondTerms(Decimal(10_000), Decimal("3.2"), 10, Repayment.BULLET),
        missing_terms=(),
        cash_flows=tuple(PlannedYear(year, Decimal(net), Decimal(), Decimal()) for year in range(1, 11)),
    )


SOUND = a_proposal("1800")
CASES = {
    "sound": SOUND,
    "sculpture": replace(SOUND, name="城市雕塑", description="建设园林绿化。"),
    "nothing known": NOTHING_KNOWN,
    "thin cover": a_proposal("1577.532"),
    "land reserve": replace(SOUND, name="新城片区土地储备", field="F14", sub_field="必要的新增土地储备"),
    "data centre": replace(SOUND, name="算力中心", field="F10", sub_field="云计算、数据中心、人工智能、算力设备及辅助设备"),
    "new material park": replace(SOUND, name="新材料产业园基础设施", field="F12", sub_field="新材料"),
}


def answers() -> dict[str, dict[str, list[str]]]:
    books = [RuleBook.of(f"{each.code}.{each.edition}", each.window, each.document) for each in shipped_policies()]
    return {
        book.policy_version: {
            name: [f"{each.rule} {each.verdict} {each.clause}" for each in screen(case, book, last_day(book)).findings]
            for name, case in CASES.items()
        }
        for book in books
    }


def last_day(book: RuleBook) -> date:
    return book.window.last or book.window.first


def digests() -> dict[str, str]:
    documents = {f"{each.code}.{each.edition}": (each.name, str(each.window), each.document) for each in shipped_policies()}
    return {
        version: sha256(json.dumps(contents, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        for version, contents in documents.items()
    }


def test_a_policy_version_gives_the_same_answers_for_ever() -> None:
    """A change of answers needs a new policy version, not a new golden file."""
    assert answers() == json.loads(GOLDEN.read_text(encoding="utf-8"))["answers"]


def test_a_shipped_policy_version_is_never_edited() -> None:
    """A deployment imported it as published: a correction is the next edition."""
    assert digests() == json.loads(GOLDEN.read_text(encoding="utf-8"))["digests"]
