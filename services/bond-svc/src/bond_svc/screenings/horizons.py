"""R05, R07, R14, R16: cash year by year, years and size of the plan, the bond's term, the region's debt (`domain.md` §4.5)."""

from datetime import date

from bond_svc.policies.readiness import Readiness
from bond_svc.screenings.coverage import balance_of, coverage_needed
from bond_svc.screenings.dossiers import Dossier
from bond_svc.screenings.judgements import Judgement, judge, missing
from bond_svc.screenings.proposals import Proposal, text_of
from shared.kit.decimals import shortest


def cash(proposal: Proposal) -> Judgement:
    """R05: cumulative cash is never below zero."""
    needed = coverage_needed(proposal)
    if needed:
        return judge({"cash_flows": None}, needed=needed, clear="")
    result = balance_of(proposal)
    test = result.cash_test
    inputs = {
        "lowest_wan": shortest(test.lowest_wan),
        "lowest_year": test.lowest_year,
        "cumulative_wan": [shortest(year.cumulative_wan) for year in result.years],
    }
    wrong = [] if test.passes else [f"第 {test.lowest_year} 年累计现金为 {shortest(test.lowest_wan)} 万元，出现缺口。"]
    return judge(inputs, wrong=wrong, clear="存续期内各年累计现金均不为负。")


def plan_years(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R07: income within the years of use, a term the form knows, and a very large estimate confirmed."""
    del day
    total, term, build, lines = dossier.total_investment_wan, dossier.term_years, dossier.build_years, dossier.income_years
    labels = {"总投资": total, "债券期限": term, "建设期年数（build_years）": build, "收入来源及起止年份（income_lines）": lines}
    needed = missing(labels)
    wrong: list[str] = []
    for line in lines or ():
        if line.first_year is None or line.last_year is None:
            needed.append(f"填报收入“{line.name}”的起止年份（first_year、last_year）。")
        elif term is not None and build is not None and not build < line.first_year <= line.last_year <= build + 1 + term:
            wrong.append(f"收入“{line.name}”的年份（第 {line.first_year} 至 {line.last_year} 年）不在运营期内。")
    if term is not None and term > readiness.longest_term_years:
        wrong.append(f"期限 {term} 年超过 {readiness.longest_term_years} 年。")
    if total is not None and total > readiness.large_wan and not dossier.large_confirmed:
        needed.append(f"总投资 {shortest(total)} 万元，确认无误请设 large_confirmed=true。")
    inputs = {
        "total_investment_wan": text_of(total),
        "large_confirmed": dossier.large_confirmed,
        "term_years": term,
        "build_years": build,
        "income_years": None if lines is None else [[line.name, line.first_year, line.last_year] for line in lines],
    }
    return judge(inputs, wrong=wrong, needed=needed, clear="收入年份、期限和总投资符合填报要求。")


def term(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R14: a term that is issued, and long enough to build and to earn back."""
    del day
    years, build, payback = dossier.term_years, dossier.build_years, dossier.payback_years
    needed = missing({"债券期限": years, "建设期年数（build_years）": build, "回收期年数（payback_years）": payback})
    wrong: list[str] = []
    if years is not None and years not in readiness.terms:
        wrong.append(f"没有 {years} 年期债券，可选：{'、'.join(str(each) for each in readiness.terms)} 年。")
    if years is not None and build is not None and payback is not None and years < build + payback:
        wrong.append(f"期限 {years} 年短于建设期与回收期之和 {build + payback} 年。")
    inputs = {"term_years": years, "build_years": build, "payback_years": payback}
    return judge(inputs, wrong=wrong, needed=needed, clear=f"债券期限 {years} 年与建设期、回收期相匹配。")


def region_debt(dossier: Dossier, readiness: Readiness, day: date) -> Judgement:
    """R16: the region's debt ratio and its band; orange and red are shown as hits."""
    del day
    ratio = dossier.debt_ratio_pct
    inputs = {"debt_ratio_pct": text_of(ratio)}
    if ratio is None:
        return judge(inputs, needed=["填报地区债务率（debt_ratio_pct）。"], clear="")
    band = readiness.band(ratio)
    shown = f"地区债务率 {shortest(ratio)}%，属于{band.label}。"
    return judge(inputs | {"band": band.value}, wrong=[shown] if band.hits else [], clear=shown)
