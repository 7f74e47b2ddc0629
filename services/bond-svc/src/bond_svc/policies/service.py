"""What one does with policies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bond_svc.policies.errors import PolicyWindowTaken
from bond_svc.policies.models import Policy, PolicyState, PolicyText
from bond_svc.policies.repository import Policies
from bond_svc.policies.rules import Field
from shared.kit.db import ReadSession, UnitOfWork
from shared.kit.errors import check_version


@dataclass(frozen=True, slots=True)
class FieldsQuestion:
    """Which fields may be served on a day, by whom."""

    on: date
    department: str | None = None
    portfolio: str | None = None

    def admits(self, field: Field) -> bool:
        led = self.department is None or field.led_by(self.department)
        return led and (self.portfolio is None or field.portfolio == self.portfolio)


async def draft(uow: UnitOfWork, code: str, text: PolicyText) -> Policy:
    """The next edition of a policy, as a draft."""
    policies = Policies(uow.session)
    edition = await policies.latest_edition(code) + 1
    policy = Policy(code=code, edition=edition, state=PolicyState.DRAFT)
    policy.rewrite(text)
    policies.add(policy)
    await uow.session.flush()
    return policy


async def rewrite(uow: UnitOfWork, policy_id: str, expected: int, change: Callable[[Policy], PolicyText]) -> Policy:
    """Change a draft to what `change` makes of it."""
    policy = await Policies(uow.session).get_for_update(policy_id)
    check_version(policy.version, expected)
    policy.rewrite(change(policy))
    await uow.session.flush()
    return policy


async def publish(uow: UnitOfWork, policy_id: str) -> Policy:
    """Publish a draft: it supersedes the published edition of its own policy and may overlap with no other."""
    policies = Policies(uow.session)
    policy = await policies.get_for_update(policy_id)
    published = await policies.published_locked()
    rivals = [each for each in published if each.code != policy.code and each.window.overlaps(policy.window)]
    for earlier in published:
        if earlier.code == policy.code and earlier is not policy:
            earlier.give_way(uow.now)
    # Before the other is written: at most one edition of a policy is published at any moment.
    await uow.session.flush()
    policy.publish(uow.now)
    if rivals:
        raise PolicyWindowTaken(rivals[0].policy_version, rivals[0].window)
    await uow.session.flush()
    return policy


async def fields(view: ReadSession, question: FieldsQuestion) -> tuple[Policy | None, list[Field]]:
    """The policy in force on the day and those of its fields that the question is about; without a policy, none."""
    policy = await Policies(view.session).in_force(question.on)
    if policy is None:
        return None, []
    return policy, [field for field in policy.rule_book.fields_on(question.on) if question.admits(field)]
