"""Screening rules R01–R04, and R05–R16 where the policy asks for them (`domain.md` §4.5): hit, clear or undetermined.

A rule that lacks an input is undetermined and says what to supply; undetermined never passes. All findings come at once. The
answer depends on the proposal, the day and the policy version only, so it is the same for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from bond_svc.library.rules import IncomeNature
from bond_svc.policies.rules import Field, RuleBook, Scope, sub_field_matches
from bond_svc.screenings.coverage import screen_coverage
from bond_svc.screenings.negative_list import screen_negative_list
from bond_svc.screenings.proposals import (
    Finding,
    IncomeLine,
    Outcome,
    Proposal,
    RuleId,
    Screening,
    Severity,
    Verdict,
    text_of,
)
from bond_svc.screenings.readiness_rules import screen_readiness
from bond_svc.wording.rules import normalise

NO_POLICY: Final = "补充在该日期有效的政策版本（发布一份有效期覆盖该日期的政策）。"


def screen(proposal: Proposal, book: RuleBook | None, day: date) -> Screening:
    """All findings about a proposal on a day; `book` is the policy version in force, None where there is none."""
    if book is None:
        rules = (RuleId.FIELD, RuleId.NEGATIVE_LIST, RuleId.INCOME, RuleId.COVERAGE)
        return _concluded(
            [
                Finding(
                    rule, Verdict.UNDETERMINED, Severity.HARD, "", "该日期没有已发布的政策版本，无法判断。", needed=(NO_POLICY,)
                )
                for rule in rules
            ]
        )
    return _concluded(
        [
            screen_field(proposal, book, day),
            screen_negative_list(proposal, book, day),
            screen_income(proposal, book),
            *screen_coverage(proposal, book),
            *screen_readiness(proposal, book, day),
        ]
    )


def _concluded(findings: Sequence[Finding]) -> Screening:
    hard = {finding.verdict for finding in findings if finding.severity is Severity.HARD}
    if Verdict.HIT in hard:
        return Screening(Outcome.FAIL, tuple(findings))
    undetermined = any(finding.verdict is Verdict.UNDETERMINED for finding in findings)
    return Screening(Outcome.UNDETERMINED if undetermined else Outcome.PASS, tuple(findings))


# --- R01: the field is eligible on the day -----------------------------------------------------------------------------


def screen_field(proposal: Proposal, book: RuleBook, day: date) -> Finding:
    """R01: the field is in the allowed set on the day, and the sub-field is one of its own."""
    inputs = {"field": proposal.field, "sub_field": proposal.sub_field, "on": day.isoformat()}

    def finding(verdict: Verdict, message: str, *needed: str) -> Finding:
        return Finding(RuleId.FIELD, verdict, Severity.HARD, book.clauses.field, message, inputs, needed)

    if proposal.field is None:
        return finding(Verdict.UNDETERMINED, "未填报投向领域。", f"填报投向领域代码，可选：{_names(book.fields_on(day))}。")
    listed = book.field(proposal.field, day)
    if listed is None and book.scope is Scope.LISTED:
        return finding(
            Verdict.HIT, f"{day} 时，投向领域 {proposal.field} 不在可申报范围内（可选：{_names(book.fields_on(day))}）。"
        )
    if not (proposal.sub_field and normalise(proposal.sub_field)):
        return finding(Verdict.UNDETERMINED, "未填报细分领域。", _sub_field_needed(listed, day))
    if listed is None:
        return finding(Verdict.CLEAR, f"投向领域 {proposal.field} 未单列，但实行负面清单管理，未列入负面清单即可申报。")
    if any(sub_field_matches(each, proposal.sub_field) for each in listed.sub_fields_on(day)):
        return finding(Verdict.CLEAR, f"属于“{listed.name}”，在 {day} 可申报。")
    if book.scope is Scope.OPEN:
        return finding(Verdict.CLEAR, f"“{proposal.sub_field}”未单列于“{listed.name}”，但未列入负面清单即可申报。")
    message = f"“{proposal.sub_field}”不是“{listed.name}”在 {day} 所列的细分领域。"
    return finding(Verdict.UNDETERMINED, message, _sub_field_needed(listed, day))


def _names(fields: Iterable[Field]) -> str:
    return "、".join(f"{each.code} {each.name}" for each in fields)


def _sub_field_needed(listed: Field | None, day: date) -> str:
    if listed is None:
        return "填报细分领域，说明项目具体建设内容所属类别。"
    return f"填报细分领域，可选：{'、'.join(listed.sub_fields_on(day))}。"


# --- R03: public interest, with income that may pay ---------------------------------------------------------------------


def screen_income(proposal: Proposal, book: RuleBook) -> Finding:
    """R03: of public interest, with some income, each line named and a government fund or special revenue."""
    lines = proposal.income_lines
    inputs = {
        "public_interest": proposal.public_interest,
        "income_lines": None if lines is None else [_line_input(line) for line in lines],
    }

    def finding(verdict: Verdict, message: str, *needed: str) -> Finding:
        return Finding(RuleId.INCOME, verdict, Severity.HARD, book.clauses.income, message, inputs, needed)

    if hit := _income_hit(proposal):
        return finding(Verdict.HIT, hit)
    needed = [] if proposal.public_interest is not None else ["说明项目是否属于公益性项目（public_interest）。"]
    needed += ["逐项填报收入来源（income_lines）。"] if lines is None else [each for line in lines for each in _line_needed(line)]
    if needed:
        return finding(Verdict.UNDETERMINED, "公益性或收入来源不明，不能判断。", *needed)
    return finding(Verdict.CLEAR, "属于公益性项目，有政府性基金收入或专项收入。")


def _income_hit(proposal: Proposal) -> str | None:
    if proposal.public_interest is False:
        return "项目不属于公益性项目，专项债券只能用于公益性资本支出。"
    lines = proposal.income_lines
    if lines is None:
        return None
    if not lines or all(line.total_wan is not None and line.total_wan <= 0 for line in lines):
        return "项目没有任何收入，不能实现融资收益平衡。"
    if all(line.nature is IncomeNature.OTHER for line in lines):
        return "全部收入都不属于政府性基金收入或专项收入，不能用于偿还专项债券。"
    return None


def _line_input(line: IncomeLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "nature": None if line.nature is None else line.nature.value,
        "total_wan": text_of(line.total_wan),
    }


def _line_needed(line: IncomeLine) -> list[str]:
    name = line.name.strip()
    shown = f"收入“{name}”" if name else "未命名的收入"
    needed = [] if name else ["为每项收入填写名称。"]
    if line.nature is None:
        needed.append(f"说明{shown}属于政府性基金收入还是专项收入。")
    elif line.nature is IncomeNature.OTHER:
        needed.append(f"{shown}不属于政府性基金收入或专项收入：请更正性质，或从偿债来源中删除。")
    if line.total_wan is None:
        needed.append(f"填报{shown}在债券存续期内的合计金额。")
    return needed
