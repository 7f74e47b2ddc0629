"""Holds and releases figures: the state of what no person decided is a function of the figures, not of their order of arrival."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal

from indicator_svc.indicators.models import Indicator
from indicator_svc.observations.ledger import Ledger
from indicator_svc.observations.models import Observation
from indicator_svc.observations.screening import ROW_JUMPS, Finding, Measure, Peers, Screen, row_finding
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
    slots_of: dict[str, set[Slot]] = defaultdict(set)
    for each in figures:
        slots_of[each.indicator].add(slot_of(each))
    for code, indicator in sorted(catalogue.items()):
        slots = slots_of[code]
        newest = await ledger.observations.newest_of_indicator(code, {stretch for _, stretch in slots})
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
    peers: dict[str, Peers] = {}
    for stretch in {stretch for _, stretch in slots}:
        values = {region: _values(rows) for (region, each), rows in series.items() if each == stretch}
        peers[stretch] = Peers(measure, values)
    for slot in sorted(slots & series.keys()):
        own = series[slot]
        trusted = {year for year, row in own.items() if row.decided_by_person}
        found = Screen(peers[slot[1]], slot[0], trusted).findings()
        yield from ((row, found.get(year)) for year, row in own.items())


def _values(rows: Mapping[int, Observation]) -> dict[int, Decimal]:
    return {year: row.value for year, row in rows.items() if row.value is not None}


async def _add_rows(ledger: Ledger, findings: dict[str, Finding | None], seen: dict[str, Observation]) -> None:
    """Where several indicators of a row jumped, doubt the rest of it; where they no longer do, let the rest pass."""
    for figures in (await _rows_in_question(ledger, findings, seen)).values():
        jumped = {each.indicator for each in figures if _jumps(each, findings)}
        doubt = row_finding({each.name for each in (await ledger.catalogue.with_codes(jumped)).values()})
        for observation in figures:
            seen[observation.id] = observation
            if observation.value is not None and findings.get(observation.id) is None and not _still_held(observation, findings):
                findings[observation.id] = doubt


Rows = Mapping[tuple[str, str], list[Observation]]
"""(region, period) → the newest figures of that row."""


async def _rows_in_question(ledger: Ledger, findings: Mapping[str, Finding | None], seen: Mapping[str, Observation]) -> Rows:
    """What is doubted in the rows of these figures; and all of a row where enough indicators jumped to doubt the rest."""
    rows = {(each.region, each.period) for each in seen.values()}
    doubted = {each.id: each for each in await ledger.observations.doubted_of_rows(rows)}
    doubted |= {each.id: each for each in seen.values() if findings.get(each.id) is not None}
    by_row = _by_row(doubted.values())
    whole = {
        row for row, figures in by_row.items() if len({each.indicator for each in figures if _jumps(each, findings)}) >= ROW_JUMPS
    }
    return {**by_row, **_by_row(await ledger.observations.newest_of_rows(whole))}


def _by_row(figures: Iterable[Observation]) -> dict[tuple[str, str], list[Observation]]:
    rows: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in figures:
        rows[observation.region, observation.period].append(observation)
    return rows


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
