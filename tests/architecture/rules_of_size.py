"""Functions of at most 40 lines, files of at most 300 (style rule 16)."""

from collections.abc import Iterator

from tests.architecture.rule import Example, Rule, everywhere
from tests.architecture.source import Finding, Function, Module, at

LONGEST_FUNCTION = 40
LONGEST_FILE = 300


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def long_functions(module: Module) -> Iterator[Finding]:
    for function in module.functions:
        if length(function) > LONGEST_FUNCTION:
            yield at(module, function, f"{function.name} has {length(function)} lines, more than {LONGEST_FUNCTION}")


def long_files(module: Module) -> Iterator[Finding]:
    lines = len(module.text.splitlines())
    if lines > LONGEST_FILE:
        yield at(module, lines, f"{lines} lines, more than {LONGEST_FILE}: a second slice, or a second file?")


RULES = (
    Rule(
        "a function fits a screen",
        long_functions,
        everywhere,
        bad=(Example("async def evaluate():\n" + "    a = 1\n" * 40),),
        good=(Example("def evaluate():\n" + "    a = 1\n" * 39),),
    ),
    Rule(
        "a file can be read in one sitting",
        long_files,
        everywhere,
        bad=(Example("a = 1\n" * 301),),
        good=(Example("a = 1\n" * 300),),
    ),
)
