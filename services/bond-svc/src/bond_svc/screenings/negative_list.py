"""R02: nothing of the project is on the negative list, in whatever words (`domain.md` §4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bond_svc.policies.rules import Negative, RuleBook
from bond_svc.screenings.proposals import Finding, Proposal, RuleId, Severity, Verdict
from bond_svc.wording.rules import Mention, Standing, mentions_in_description, mentions_in_title, normalise


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A mention of something on the negative list, with where it stands."""

    entry: Negative
    source: str
    mention: Mention
    statement: str | None

    @property
    def verdict(self) -> Verdict:
        match self.mention.standing:
            case Standing.ASSERTED:
                return Verdict.HIT
            case Standing.DOUBTFUL:
                return Verdict.CLEAR if self.statement else Verdict.UNDETERMINED
            case Standing.DENIED | Standing.ANCILLARY:
                return Verdict.CLEAR

    def as_input(self) -> dict[str, Any]:
        return {
            "entry": self.entry.code,
            "category": self.entry.category,
            "source": self.source,
            "phrase": self.mention.phrase,
            "standing": self.mention.standing.value,
            "excerpt": self.mention.excerpt,
            "statement": self.statement,
        }


def screen_negative_list(proposal: Proposal, book: RuleBook, day: date) -> Finding:
    """R02: neither title, sub-field nor description means something on the negative list."""
    entries = book.negatives_on(day)
    suspicions = [each for entry in entries for each in suspicions_of(proposal, entry)]
    inputs: dict[str, Any] = {
        "name": proposal.name,
        "sub_field": proposal.sub_field,
        "description": proposal.description,
        "entries": [entry.code for entry in entries],
        "mentions": [each.as_input() for each in suspicions],
    }

    def finding(verdict: Verdict, message: str, *needed: str, clause: str = book.clauses.negative_list) -> Finding:
        return Finding(RuleId.NEGATIVE_LIST, verdict, Severity.HARD, clause, message, inputs, needed)

    if hits := [each for each in suspicions if each.verdict is Verdict.HIT]:
        clauses = "；".join(dict.fromkeys(each.entry.clause for each in hits))
        return finding(Verdict.HIT, "命中负面清单：" + "；".join(dict.fromkeys(map(_said, hits))) + "。", clause=clauses)
    needed = [*_texts_needed(proposal), *([] if entries else ["补充在该日期适用的负面清单。"]), *_statements_needed(suspicions)]
    if needed:
        return finding(Verdict.UNDETERMINED, "仅凭现有文字不能判断是否属于负面清单。", *needed)
    return finding(Verdict.CLEAR, "未命中负面清单。")


def suspicions_of(proposal: Proposal, entry: Negative) -> list[Suspicion]:
    """Every mention of one entry in the proposal's texts."""
    found = [("name", mention) for mention in mentions_in_title(proposal.name, entry.lexicon)]
    found += [("sub_field", mention) for mention in mentions_in_title(proposal.sub_field or "", entry.lexicon)]
    found += [("description", mention) for mention in mentions_in_description(proposal.description or "", entry.lexicon)]
    return [Suspicion(entry, source, mention, _statement(proposal, mention)) for source, mention in found]


def _statement(proposal: Proposal, mention: Mention) -> str | None:
    said = (each.statement for each in proposal.clarifications if normalise(each.mention) == mention.phrase)
    return next(said, None)


def _said(suspicion: Suspicion) -> str:
    return f"“{suspicion.mention.phrase}”属于{suspicion.entry.category}（原文：“{suspicion.mention.excerpt}”）"


def _texts_needed(proposal: Proposal) -> list[str]:
    texts = {"项目名称": proposal.name, "建设内容（description）": proposal.description}
    return [f"补充{label}。" for label, text in texts.items() if not (text and normalise(text))]


def _statements_needed(suspicions: Iterable[Suspicion]) -> list[str]:
    open_ones = dict.fromkeys(
        (each.mention.phrase, each.entry.category) for each in suspicions if each.verdict is Verdict.UNDETERMINED
    )
    return [f"说明“{phrase}”的具体内容，是否属于{category}（在 clarifications 中逐条说明）。" for phrase, category in open_ones]
