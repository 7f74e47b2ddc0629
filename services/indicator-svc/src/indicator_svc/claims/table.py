"""The claim table of a scheme: who owns what, what is disputed, what nobody has taken on, as of any day (`domain.md` §1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from indicator_svc.claims.models import Claim
from indicator_svc.claims.repository import Claims, known_at
from indicator_svc.claims.rules import ClaimState, is_late
from indicator_svc.departments.repository import Departments
from indicator_svc.departments.rules import Post, post_of
from indicator_svc.schemes.definition import Item
from indicator_svc.schemes.errors import SchemeNotInForce
from indicator_svc.schemes.models import SchemeEdition
from indicator_svc.schemes.repository import Schemes
from indicator_svc.schemes.service import natures_of
from shared.kit.db import ReadSession
from shared.kit.decimals import percent

SHARE_PLACES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One item as of the day: its claim, where there was one, and whether its lead's head post is filled."""

    item: Item
    name: str
    claim: Claim | None
    state: ClaimState | None
    post: Post
    late: bool


@dataclass(frozen=True, slots=True)
class Table:
    edition: SchemeEdition
    day: date
    rows: Sequence[Row]

    def count(self, state: ClaimState | None) -> int:
        return sum(row.state is state for row in self.rows)

    @property
    def claimed_share(self) -> Decimal | None:
        """Claimed items in percent of all: 100 is what §1.5 asks for."""
        return percent(self.count(ClaimState.ACCEPTED), len(self.rows), SHARE_PLACES)


async def claim_table(view: ReadSession, region: str, scheme_code: str, instant: datetime) -> Table:
    """The table as it was known at an instant. Raises SchemeNotInForce (422, `path:scheme`)."""
    edition = await Schemes(view.session).in_force(scheme_code, instant)
    if edition is None:
        raise SchemeNotInForce(scheme_code, pointer="path:scheme")
    scheme = edition.parsed()
    natures = await natures_of(view.session, scheme)
    held = known_at(await Claims(view.session).of_scheme(region, scheme_code), instant)
    departments = {claim.lead_department for claim in held.values()} | {item.lead_department for item in scheme.items}
    leads = await Departments(view.session).leads_on(departments, instant.date(), instant)
    posts = {department: post_of(leads.get(department)) for department in departments}
    rows = []
    for item in scheme.items:
        claim = held.get(item.indicator)
        state = None if claim is None else claim.state_at(instant)
        open_still = claim is not None and state is not ClaimState.ACCEPTED
        late = claim is not None and open_still and is_late(claim.due_on, instant.date())
        department = item.lead_department if claim is None else claim.lead_department
        rows.append(Row(item, natures[item.indicator].name, claim, state, posts[department], late))
    return Table(edition, instant.date(), rows)
