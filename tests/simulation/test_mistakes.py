"""The checker sees: each classic mistake, planted into the kit, is caught; what is no mistake is not.

A relay that reads on from a cursor (`id > last seen`) cannot be caught here: on a database with one writer, ids are committed in
their order. test_many_writers.py catches it on PostgreSQL.
"""

import pytest

from tests.simulation.kit import Kit
from tests.simulation.many import quiet
from tests.simulation.mistakes import MISTAKES, NO_MISTAKES
from tests.simulation.model import simulate

MOST_SEEDS = 20


@pytest.mark.parametrize("kit", MISTAKES.values(), ids=MISTAKES)
def test_a_planted_mistake_is_caught_within_twenty_seeds(kit: Kit) -> None:
    quiet()
    assert any(simulate(seed, kit).broken for seed in range(MOST_SEEDS))


@pytest.mark.parametrize("kit", NO_MISTAKES.values(), ids=NO_MISTAKES)
def test_what_only_repeats_is_no_mistake(kit: Kit) -> None:
    quiet()
    assert [verdict.broken for verdict in (simulate(seed, kit) for seed in range(MOST_SEEDS)) if verdict.broken] == []
