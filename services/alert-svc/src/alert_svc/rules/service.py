"""Use cases of alert rules."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from alert_svc.alerts.rules import Reading
from alert_svc.rules.errors import RuleUnsound
from alert_svc.rules.flaws import Flaw, example_flaws, flaws_of
from alert_svc.rules.models import DEFINITIONS, AlertRule
from alert_svc.rules.repository import Rules
from alert_svc.rules.rules import Definition, Example, Heard, NumberedRule, RuleState, in_force, read
from alert_svc.rules.words import heard, vocabulary
from shared.contracts.catalogue import FACTS
from shared.contracts.facts import Fact
from shared.kit.db import UnitOfWork
from shared.kit.errors import Fault


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new version of a rule, as somebody hands it in."""

    code: str
    name: str
    effective_from: date
    definition: Definition


async def readings(uow: UnitOfWork, fact: Fact, sequence: int, day: date) -> list[Reading]:
    """What the rules that hold on `day` make of a fact."""
    rules = in_force([rule.numbered() for rule in await Rules(uow.session).published()], day)
    words = heard(fact, sequence)
    return [reading for rule in rules if (reading := read(rule, words)) is not None]


async def draft(uow: UnitOfWork, proposal: Proposal) -> AlertRule:
    """Keep a new version as a draft: it holds for nobody until it is published."""
    rules = Rules(uow.session)
    rule = AlertRule(
        code=proposal.code,
        number=await rules.last_number(proposal.code) + 1,
        name=proposal.name,
        state=RuleState.DRAFT,
        effective_from=proposal.effective_from,
        definition=document(proposal.definition),
    )
    rules.add(rule)
    await uow.session.flush()
    return rule


async def publish(uow: UnitOfWork, rule_id: str) -> AlertRule:
    """Let a version hold from its day on. Raises RuleNotFound, RuleAlreadyPublished, RuleUnsound."""
    rule = await Rules(uow.session).get_for_update(rule_id)
    rule.publish(uow.actor, uow.now)
    if flaws := check(rule.numbered()):
        raise RuleUnsound(rule.code, [Fault(f"/definition{flaw.pointer}", flaw.code, flaw.message) for flaw in flaws])
    await uow.session.flush()
    return rule


def check(rule: NumberedRule) -> list[Flaw]:
    """Everything that keeps a rule from being published; the examples are run once the rest is sound."""
    flaws = flaws_of(rule.definition, vocabulary()) or _unreadable_examples(rule.definition)
    if flaws:
        return flaws
    return example_flaws(rule, [_heard(example) for example in rule.definition.examples])


def _unreadable_examples(definition: Definition) -> list[Flaw]:
    flaws = []
    for at, example in enumerate(definition.examples):
        try:
            _heard(example)
        except KeyError:
            flaws.append(Flaw(f"/examples/{at}/fact", "rule.unknown-fact", f"预警服务不接收“{example.fact}”类消息。"))
        except (ValidationError, ValueError):
            flaws.append(Flaw(f"/examples/{at}/data", "rule.example-malformed", f"示例数据不是一条完整的“{example.fact}”消息。"))
    return flaws


def _heard(example: Example) -> Heard:
    if example.fact not in vocabulary():
        raise KeyError(example.fact)
    return heard(FACTS[example.fact].model_validate(example.data), sequence=1)


def document(definition: Definition) -> dict[str, Any]:
    """A definition as JSON."""
    written: dict[str, Any] = DEFINITIONS.dump_python(definition, mode="json")
    return written
