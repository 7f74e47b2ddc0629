"""Names, comments, docstrings, logs and caught exceptions (style rules 15, 17, 18)."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.rule import Example, Rule, everywhere, in_production
from tests.architecture.source import FUNCTIONS, Finding, Function, Module, at, dotted

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager", "misc", "stuff", "thingy", "foo", "bar"}
NUMBERED = re.compile(r"_v\d+$|[a-z]V\d+$")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no\s*cover)")
REASONED = (
    re.compile(r"#\s*noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*\s+-\s+\S"),
    re.compile(r"#\s*type:\s*ignore\[[a-z-]+(,\s*[a-z-]+)*\]\s*#\s*\S"),
    re.compile(r"#\s*pragma:\s*no\s*cover\s+-\s+\S"),
)
FILLERS = {
    *("a", "an", "the", "of", "by", "in", "on", "to", "for", "from", "with", "and", "or", "is", "are", "be", "it", "its"),
    *("this", "that", "given", "gets", "get", "returns", "return", "gives", "give"),
}
ENDING = re.compile(r"(ies|es|s|ing|ed|e|y)$")
EVENT = re.compile(r"^[a-z][a-z_]*(\.[a-z_]+)+$")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "logger", "_log", "_logger"}
# Where an exception of any kind is caught, because something can be done about each of them there.
BROAD = {
    "shared/src/shared/kit/consumer.py": "the consumer's edge: retried or parked",
    "shared/src/shared/kit/replay_jobs.py": "a replay that fails says why in its job",
    "shared/src/shared/kit/redrive.py": "what a handler raises again is noted on its event and answered",
    "shared/src/shared/kit/worker.py": "the worker's edge: a component or timer that fell is started again",
    "shared/src/shared/kit/asgi.py": "the HTTP edge: answered with a problem and logged once",
    "shared/src/shared/kit/lifecycle.py": "one part that will not close must not keep the others open",
    "shared/src/shared/kit/embedded_thread.py": "handed to whoever waits for the job",
    "shared/src/shared/kit/health.py": "whatever keeps a check from an answer means: not ready",
    "services/alert-svc/src/alert_svc/stream/hub.py": "the stream's edge: what it could not read is still in the database",
    "shared/src/shared/kit/auth.py": "a missing note of use must not fail the request",
}


def empty_names(module: Module) -> Iterator[Finding]:
    stem = module.name.removesuffix(".py")
    if set(stem.split("_")) & EMPTY_WORDS:
        yield at(module, 1, f"{module.name} says nothing about its content")
    for node in ast.walk(module.tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", node.name)}
            if words & EMPTY_WORDS or NUMBERED.search(node.name):
                yield at(module, node, f"{node.name} says nothing about its subject")


def bare_suppressions(module: Module) -> Iterator[Finding]:
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        suppresses = token.type == tokenize.COMMENT and SUPPRESSION.match(token.string)
        if suppresses and not any(form.match(token.string) for form in REASONED):
            yield at(module, token.start[0], f"{token.string!r} gives no code or no reason")


def restating_docstrings(module: Module) -> Iterator[Finding]:
    for owner, node in _documented(module.tree, ""):
        text = ast.get_docstring(node) or ""
        known = _stems(f"{owner} {node.name} {_arguments(node)}")
        said = _stems(text)
        if said and said <= known:
            yield at(module, node, f"the docstring of {node.name} repeats its name: {text!r}")


def _documented(tree: ast.AST, owner: str) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield owner, node
            yield from _documented(node, node.name)


def _arguments(node: Function | ast.ClassDef) -> str:
    return " ".join(each.arg for each in node.args.args) if isinstance(node, FUNCTIONS) else ""


def _stems(text: str) -> set[str]:
    """The words of a text or name without endings and fillers; Chinese text is never taken for a repetition."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+", text)
    return {re.sub(r"(ies|es|s|ing|ed|e|y)$", "", word.lower()) for word in words} - {
        re.sub(r"(es|s|e|y)$", "", w) for w in FILLERS
    }


def formatted_logs(module: Module) -> Iterator[Finding]:
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS and dotted(call.func.value) in LOGGERS:
            event = call.args[0] if call.args else None
            if not (isinstance(event, ast.Constant) and isinstance(event.value, str) and EVENT.match(event.value)):
                yield at(module, call, "a log line is an event name like `event.retried` and fields")


def broad_catches(module: Module) -> Iterator[Finding]:
    if module.path in BROAD:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _passes_on(node):
            yield at(module, node, "catches everything; only the edges listed in this rule may")


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or dotted(each) in {"Exception", "BaseException"} for each in caught)


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Cleaning up and raising the same exception again hides nothing."""
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


RULES = (
    Rule(
        "names are nouns and verbs of the field",
        empty_names,
        everywhere,
        bad=(
            Example("", "services/bond-svc/src/bond_svc/library/utils.py"),
            Example("class BondManager: ..."),
            Example("def helper_for_bonds(): ..."),
            Example("def get_bond_by_id_v2(): ..."),
        ),
        good=(Example("def days_overdue(): ...\nclass BalanceOfYear: ..."),),
    ),
    Rule(
        "a suppression says which rule and why",
        bare_suppressions,
        everywhere,
        bad=(
            Example("x = 1  # noqa"),
            Example("x = 1  # noqa: PLR2004"),
            Example("x = 1  # type: ignore"),
            Example("x = 1  # type: ignore[attr-defined]"),
            Example("x = 1  # type: ignore[attr-defined] - which mypy itself does not read"),
            Example("x = 1  # pragma: no cover"),
        ),
        good=(
            Example("if attempt >= 8:  # noqa: PLR2004 - eight doublings make one minute\n    pass"),
            Example("x = 1  # type: ignore[arg-type]  # the library's stub is too narrow"),
        ),
    ),
    Rule(
        "a docstring says more than the name",
        restating_docstrings,
        everywhere,
        bad=(
            Example('def get_bond_by_id(id):\n    """Gets a bond by its id."""'),
            Example('class BondLibrary:\n    """The bond library."""'),
        ),
        good=(Example('def days_overdue(due_on, today):\n    """Calendar days since `due_on`; 0 before it."""'),),
    ),
    Rule(
        "a log line is an event name and fields",
        formatted_logs,
        in_production,
        bad=(Example('log.error(f"failed {error}")'), Example('log.warning("could not send")'), Example("log.info(text)")),
        good=(Example('log.warning("event.dead_lettered", event_id=event.id)'),),
    ),
    Rule(
        "everything is caught at the edges only",
        broad_catches,
        in_production,
        bad=(
            Example("try:\n    f()\nexcept Exception:\n    pass"),
            Example("try:\n    f()\nexcept:\n    g()"),
            Example("try:\n    f()\nexcept (ValueError, BaseException):\n    raise Other()"),
        ),
        good=(
            Example("try:\n    f()\nexcept ValueError:\n    g()"),
            Example("try:\n    f()\nexcept BaseException:\n    undo()\n    raise"),
            Example("try:\n    f()\nexcept Exception:\n    park()", "shared/src/shared/kit/consumer.py"),
        ),
    ),
)
