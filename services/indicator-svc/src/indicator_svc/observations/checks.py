"""Holds and releases figures: the state of what no person decided is a function of the figures, not of their order of arrival."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal

from indicator_svc.indicators.models import Indicator
from indicator_svc.observations.ledger import Ledger
from indicator_svc.observations.models import Observation
from indicator_svc.observations.screening import Finding, Measure, Screen, row_finding
from shared.kit.periods import Period

Slot = tuple[str, str]
"""Region and stretch of the year: `("620200", "Q2")`."""


async def recheck(ledger: Ledger, touched: Iterable[Observation], fresh: AbstractSet[str] = frozenset()) -> None:
    """Check these figures and those beside them in time; accept, hold or release, and note what changed for the boards.

    `fresh` are the ids of those that were just recorded.
    """
    figures = list(touched)
    catalogue = await ledger.catalogue.with_codes({each.indicator for each in figures})
    findings: dict[str, Finding | None] = {}
    seen: dict[str, Observation] = {each.id: each for each in figures}
    for code, indicator in sorted(catalogue.items()):
        slots = {slot_of(each) for each in figures if each.indicator == code}
        newest = await ledger.observations.newest_of_indicator(code)
        for observation, finding in _judged(indicator, newest, slots):
            findings[observation.id] = finding
            seen[observation.id] = observation
    await _add_rows(ledger, findings, seen)
    for identity, observation in sorted(seen.items(), key=lambda entry: entry[1].key):
        if not observation.decided_by_person:
            await ledger.settle(observation, findings.get(identity), fresh=identity in fresh)


def slot_of(observation: Observation) -> Slot:
    return observation.region, observation.period[4:]


def _judged(indicator: Indicator, newest: list[Observation], slots: set[Slot]) -> Iterable[tuple[Observation, Finding | None]]:
    """The finding, or none, on every figure of the series in question."""
    measure = Measure(indicator.name, indicator.unit, indicator.in_points)
    series: dict[Slot, dict[int, Observation]] = defaultdict(dict)
    for observation in newest:
        if observation.value is not None:
            series[slot_of(observation)][Period.parse(observation.period).year] = observation
    for slot in sorted(slots):
        own = series[slot]
        others = {region: _values(rows) for (region, stretch), rows in series.items() if stretch == slot[1] and region != slot[0]}
        trusted = {year for year, row in own.items() if row.decided_by_person}
        found = Screen(measure, _values(own), others, trusted).findings()
        yield from ((row, found.get(year)) for year, row in own.items())


def _values(rows: Mapping[int, Observation]) -> dict[int, Decimal]:
    return {year: row.value for year, row in rows.items() if row.value is not None}


async def _add_rows(ledger: Ledger, findings: dict[str, Finding | None], seen: dict[str, Observation]) -> None:
    """Where several indicators of a row jumped, doubt the rest of it; where they no longer do, let the rest pass."""
    rows = {(each.region, each.period) for each in seen.values()}
    by_row: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in await ledger.observations.newest_of_rows(rows):
        by_row[observation.region, observation.period].append(observation)
    for figures in by_row.values():
        jumped = {each.indicator for each in figures if _jumps(each, findings)}
        doubt = row_finding({each.name for each in (await ledger.catalogue.with_codes(jumped)).values()})
        for observation in figures:
            seen[observation.id] = observation
            if observation.value is not None and findings.get(observation.id) is None and not _still_held(observation, findings):
                findings[observation.id] = doubt


def _jumps(observation: Observation, findings: Mapping[str, Finding | None]) -> bool:
    if observation.id not in findings:
        return observation.jumped
    finding = findings[observation.id]
    return finding is not None and finding.rule in ("peer-jump", "own-jump")


def _still_held(observation: Observation, findings: dict[str, Finding | None]) -> bool:
    """A figure outside the series in question keeps the finding that it has, unless that was only its row's."""
    kept = [reason for reason in observation.held_because if reason["rule"] != "row"]
    if observation.id in findings or not kept:
        return False
    findings[observation.id] = Finding(kept[0]["rule"], kept[0]["evidence"])
    return True
