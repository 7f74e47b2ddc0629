"""Every rule holds in the whole tree, and every rule is shown to fail on what it forbids."""

from collections.abc import Iterable

import pytest

from tests.architecture import rules_of_purity, rules_of_size, rules_of_tests, rules_of_transactions, rules_of_words
from tests.architecture.rule import Example, Rule
from tests.architecture.source import ROOT, Module, modules

RULES = (*rules_of_transactions.RULES, *rules_of_purity.RULES, *rules_of_words.RULES, *rules_of_size.RULES, *rules_of_tests.RULES)


@pytest.fixture(scope="module")
def tree() -> list[Module]:
    return list(modules())


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_tree_keeps_the_rule(rule: Rule, tree: list[Module]) -> None:
    broken = "\n".join(str(finding) for module in tree for finding in rule.findings(module))
    assert not broken, f"{rule}:\n{broken}"


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule in RULES for example in rule.bad], ids=str)
def test_a_bad_example_breaks_the_rule(rule: Rule, example: Example) -> None:
    assert rule.findings(example.module) != []


@pytest.mark.parametrize(("rule", "example"), [(rule, example) for rule in RULES for example in rule.good], ids=str)
def test_a_good_example_keeps_the_rule(rule: Rule, example: Example) -> None:
    assert rule.findings(example.module) == []


def test_the_tree_is_really_read(tree: list[Module]) -> None:
    packages = {module.package for module in tree}
    assert {"shared", "indicator_svc", "project_svc", "bond_svc", "alert_svc", "diaodu_embedded", None} <= packages
    assert any(module.slice for module in tree)


@pytest.mark.parametrize(
    "places",
    [
        rules_of_transactions.COMMITTING,
        rules_of_purity.SEAMS,
        rules_of_purity.COMPUTED,
        rules_of_purity.SPREADS,
        rules_of_words.BROAD,
    ],
    ids=["commits", "seams", "computed", "spreads", "edges"],
)
def test_an_exception_to_a_rule_names_a_file_that_exists(places: Iterable[str]) -> None:
    assert [place for place in places if not (ROOT / place).is_file()] == []
