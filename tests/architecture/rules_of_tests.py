"""A test is a sentence that asserts; it waits for a condition and never skips by itself (style rules 19, 20)."""

import ast
from collections.abc import Iterator

from tests.architecture.rule import Example, Rule, in_tests
from tests.architecture.source import Finding, Function, Module, at, dotted

FEWEST_WORDS = 3
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}
ASSERTING = ("assert", "expect", "eventually", "check", "raises", "verify", "is_problem")
SKIPS = {"skip", "skipif", "importorskip", "xfail"}
TEST = "services/bond-svc/tests/library/test_library.py"


def tests_of(module: Module) -> list[Function]:
    return [each for each in module.functions if each.name.startswith("test_")] if module.name.startswith("test_") else []


def unspoken_tests(module: Module) -> Iterator[Finding]:
    for test in tests_of(module):
        words = test.name.split("_")[1:]
        if len(words) < FEWEST_WORDS or (words[-1].isdigit() and len(words) == FEWEST_WORDS):
            yield at(module, test, f"{test.name} is no sentence about a behaviour")


def silent_tests(module: Module) -> Iterator[Finding]:
    for test in tests_of(module):
        if not any(_asserts(node) for node in ast.walk(test)):
            yield at(module, test, f"{test.name} asserts nothing")


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    return isinstance(node, ast.Call) and any(word in ast.unparse(node.func).split(".")[-1] for word in ASSERTING)


def sleeping_tests(module: Module) -> Iterator[Finding]:
    """`asyncio.sleep(0)` lets other tasks run and waits for no time."""
    for call in module.calls:
        zero = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if dotted(call.func) in SLEEPS and not zero:
            yield at(module, call, "sleeps; wait for the condition with eventually()")


def in_real_time(module: Module) -> bool:
    """Tests whose time is the machine's; in the simulation time is virtual, and passes by sleeping only.

    The dawdler is a program that is slow on purpose: sleeping is the fault that it stands for.
    """
    return in_tests(module) and not module.path.startswith(("tests/simulation/", "tests/faults/dawdler.py"))


def skipping_tests(module: Module) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and dotted(node).startswith("pytest."):
            yield at(module, node, "skips; only shared/testing/plugin.py decides what this machine cannot run")


RULES = (
    Rule(
        "a test is named as a sentence",
        unspoken_tests,
        in_tests,
        bad=(Example("def test_update_2(): ...", TEST), Example("async def test_library(): ...", TEST)),
        good=(Example("def test_a_library_below_its_target_falls_short(): ...", TEST), Example("def a_bond(): ...", TEST)),
    ),
    Rule(
        "a test asserts something",
        silent_tests,
        in_tests,
        bad=(Example("def test_it():\n    bond.issue()", TEST),),
        good=(
            Example("def test_it():\n    assert bond.issue()", TEST),
            Example("def test_it():\n    with pytest.raises(BondMatured):\n        bond.issue()", TEST),
            Example("async def test_it():\n    await eventually(alerts, is_=[])", TEST),
        ),
    ),
    Rule(
        "a test waits for a condition, never for a time",
        sleeping_tests,
        in_real_time,
        bad=(Example("await asyncio.sleep(5)", TEST), Example("time.sleep(0.1)", "shared/tests/kit/conftest.py")),
        good=(Example("await asyncio.sleep(0)", TEST), Example("await eventually(alerts)", TEST)),
    ),
    Rule(
        "a test does not skip itself",
        skipping_tests,
        in_tests,
        bad=(Example("@pytest.mark.skip\ndef test_it(): ...", TEST), Example('pytest.skip("no Kafka")', TEST)),
        good=(Example("@pytest.mark.kafka\ndef test_it(): ...", TEST),),
    ),
)
