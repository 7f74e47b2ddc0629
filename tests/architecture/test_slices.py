"""Slices: what they may import, that their rules are pure, that each has tests, and the size of functions on the whole."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture.rule import in_production
from tests.architecture.rules_of_size import length
from tests.architecture.source import ROOT, Module, modules

PURE_KIT = {"shared.kit.calendar", "shared.kit.identifiers", "shared.kit.decimals", "shared.kit.periods"}
# Shared words and values of our own, without behaviour: alert levels, and what is wrong at which place.
PURE_WORDS = {"shared.contracts.facts.Level", "shared.kit.errors.Fault"}
MOST_SIBLINGS = 2  # ADR-0010
RULES_FILE = "services/bond-svc/src/bond_svc/library/rules.py"


@pytest.fixture(scope="module")
def tree() -> list[Module]:
    return list(modules())


def dotted_name(module: Module) -> str:
    parts = PurePosixPath(module.path).with_suffix("").parts
    return ".".join(part for part in parts[parts.index("src") + 1 :] if part != "__init__")


def siblings_of(tree: Iterable[Module]) -> dict[str, set[str]]:
    """Slice → the siblings whose tables, queries or use cases it imports; what is pure is the service's common language."""
    known = {dotted_name(module): module for module in tree if module.package}
    pure = {dotted_name(each) for start in known.values() if start.name == "rules.py" for each in _reached(start, known)}
    found: dict[str, set[str]] = defaultdict(set)
    for module in known.values():
        for name, _ in module.imports:
            target = known.get(name) or known.get(name.rpartition(".")[0])
            if target and target.slice and module.slice and target.package == module.package and dotted_name(target) not in pure:
                found[f"{module.package}.{module.slice}"] |= {target.slice} - {module.slice}
    return found


def impure_imports(tree: Iterable[Module]) -> Iterator[str]:
    """What a rules.py reaches, through its service's own modules, beyond the standard library and the pure kit."""
    known = {dotted_name(module): module for module in tree if module.package}
    for start in known.values():
        if start.slice and start.name == "rules.py":
            for module in _reached(start, known):
                yield from (
                    f"{start.path} reaches {name} in {module.path}:{line}"
                    for name, line in module.imports
                    if not _is_pure(name, start.package or "")
                )


def _reached(start: Module, known: dict[str, Module]) -> list[Module]:
    reached, waiting = [], [start]
    while waiting:
        module = waiting.pop()
        reached.append(module)
        for name, _ in module.imports:
            target = known.get(name) or known.get(name.rpartition(".")[0])
            if target and target.package == start.package and target not in reached + waiting:
                waiting.append(target)
    return reached


def _is_pure(name: str, package: str) -> bool:
    root = name.split(".", maxsplit=1)[0]
    ours = name in PURE_WORDS or any(f"{name}.".startswith(f"{pure}.") for pure in PURE_KIT)
    return ours or root in sys.stdlib_module_names or root == package


def untested_slices(tree: Iterable[Module]) -> set[str]:
    tree = list(tree)
    tested: dict[str, set[str]] = defaultdict(set)
    for module in tree:
        parts = PurePosixPath(module.path).parts
        if parts[0] == "services" and "tests" in parts and module.name.startswith("test_"):
            tested[parts[1].replace("-", "_")].add(parts[3])
    written = {(module.package, module.slice) for module in tree if module.slice and module.text.strip()}
    return {f"{package}.{folder}" for package, folder in written if folder not in tested[package or ""]}


def test_a_slice_imports_at_most_two_siblings(tree: list[Module]) -> None:
    assert {name: others for name, others in siblings_of(tree).items() if len(others) > MOST_SIBLINGS} == {}


def test_a_third_sibling_is_counted_and_a_siblings_rules_are_not() -> None:
    siblings = [Module(f"services/bond-svc/src/bond_svc/{name}/service.py", "") for name in ("a", "b", "c")]
    pure = Module("services/bond-svc/src/bond_svc/words/rules.py", "")
    greedy = (
        "from bond_svc.a import service\nimport bond_svc.b.service\nfrom bond_svc.c.service import x\nimport bond_svc.words.rules"
    )
    user = Module(RULES_FILE.replace("rules.py", "service.py"), greedy)
    assert siblings_of([*siblings, pure, user]) == {"bond_svc.library": {"a", "b", "c"}}


def test_rules_reach_only_the_standard_library_and_the_pure_kit(tree: list[Module]) -> None:
    assert list(impure_imports(tree)) == []


@pytest.mark.parametrize(
    "line",
    ["import sqlalchemy", "from shared.kit.db import UnitOfWork", "from bond_svc.library import models", "import pydantic"],
)
def test_an_impure_rule_is_found_also_at_second_hand(line: str) -> None:
    tables = Module(RULES_FILE.replace("rules", "models"), "from sqlalchemy.orm import Mapped")
    assert list(impure_imports([Module(RULES_FILE, line), tables])) != []


def test_a_pure_rule_passes() -> None:
    rules = Module(
        RULES_FILE, "from decimal import Decimal\nfrom shared.kit.decimals import percent\nfrom bond_svc.library import words"
    )
    words = Module(RULES_FILE.replace("rules.py", "words.py"), "import re")
    assert list(impure_imports([rules, words])) == []


def test_every_slice_has_tests(tree: list[Module]) -> None:
    assert untested_slices(tree) == set()


def test_a_slice_without_tests_is_found() -> None:
    other = Module("services/bond-svc/tests/balances/test_balances.py", "")
    assert untested_slices([Module(RULES_FILE, "x = 1"), other]) == {"bond_svc.library"}
    own = Module("services/bond-svc/tests/library/test_library.py", "")
    assert untested_slices([Module(RULES_FILE, "x = 1"), own]) == set()


def test_functions_are_short_on_the_whole(tree: list[Module]) -> None:
    lengths = [length(each) for module in tree if in_production(module) for each in module.functions]
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_every_service_has_the_same_files_beside_its_slices() -> None:
    expected = {"app.py", "worker.py", "subscriptions.py", "settings.py", "tables.py", "__main__.py", "__init__.py", "py.typed"}
    for package in sorted((ROOT / "services").glob("*-svc/src/*_svc")):
        assert expected <= {path.name for path in package.iterdir()}, package.name
