"""What is missing of a factor: the gap, and its share of the demand. Pure."""

from decimal import Decimal
from enum import StrEnum

from shared.kit.decimals import percent


class Factor(StrEnum):
    """煤、电、油、气、运、地、钱、人."""

    COAL = "coal"
    POWER = "power"
    OIL = "oil"
    GAS = "gas"
    TRANSPORT = "transport"
    LAND = "land"
    FUNDS = "funds"
    LABOUR = "labour"


def gap_of(demand: Decimal | None, supplied: Decimal | None) -> Decimal | None:
    """What is lacking, in the unit of both; nothing where more was supplied; None where either is unknown."""
    return None if demand is None or supplied is None else max(demand - supplied, Decimal())


def gap_ratio(demand: Decimal | None, supplied: Decimal | None) -> Decimal | None:
    """The gap in percent of the demand; None where it is unknown or nothing was demanded."""
    gap = gap_of(demand, supplied)
    return None if gap is None or demand is None else percent(gap, demand)
