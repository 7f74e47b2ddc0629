"""Nothing at import, no hidden clock, no floats, no broker, contracts spelt once (style rules 3, 6, 9, 11, 12)."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.rule import Example, Rule, everywhere, in_production, in_services
from tests.architecture.source import FUNCTIONS, Finding, Module, at, dotted

# Calls that make a value and touch nothing outside the module.
VALUES = {
    *("frozenset", "tuple", "dict", "set", "sorted", "range", "len", "bytes", "str", "int", "min", "max", "object"),
    *("TypeVar", "NewType", "MappingProxyType", "Decimal", "Fraction", "date", "time", "timedelta", "datetime", "ZoneInfo"),
    *("Path", "ContextVar", "compile", "get_logger", "getLogger", "attrgetter", "itemgetter", "partial", "cast"),
    *("TypeAdapter", "Field", "StringConstraints", "ConfigDict", "SettingsConfigDict", "BeforeValidator", "AfterValidator"),
    *("PlainSerializer", "WithJsonSchema", "Depends", "Query", "Path", "Header", "Body", "Security", "HTTPBearer"),
    *("MetaData", "Table", "Column", "Index", "UniqueConstraint", "CheckConstraint", "ForeignKey", "service_metadata"),
    *(
        "Identity",
        "String",
        "text",
        "is_",
        "is_not",
        "RowNumber",
        "Id",
        "Instant",
        "JsonDoc",
        "Exact",
        "Text",
        "Integer",
        "concat",
        "Described",
    ),
    *("APIRouter", "service_router", "Subscriptions", "ip_network", "escape", "ord", "chr"),
    *("items", "values", "keys", "join", "split", "strip", "encode", "replace", "format"),
}
# Constants that a module computes from its own tables.
COMPUTED = {
    "shared/src/shared/contracts/catalogue.py": {"service_of"},
    "shared/src/shared/kit/schemas.py": {"_as"},
    # Objects of the tracing and logging libraries without threads, sockets or files; exporters come at the start.
    "shared/src/shared/kit/observability.py": {
        *("TraceContextTextMapPropagator", "TracerProvider", "ExceptionRenderer", "ExceptionDictTransformer"),
    },
    # Descriptions of options that several commands share.
    "shared/src/shared/kit/parked_cli.py": {"Option"},
    "deploy/embedded/src/diaodu_embedded/services.py": {"Service"},
}
# Files that are run rather than imported.
PROGRAMS = ("/__main__.py", "/migrations/env.py")
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.sleep",
    "asyncio.sleep",
}
CHANCE = re.compile(r"(random|uuid)\.|(uuid[1-8]|SystemRandom)$")
# Where time and chance come in, so that everything else can be replayed.
SEAMS = {
    "shared/src/shared/kit/clock.py": "the clock itself",
    "shared/src/shared/kit/ids.py": "identifiers are made here",
    "shared/src/shared/kit/backoff.py": "jitter is made here",
    "services/project-svc/src/project_svc/sample.py": "a seeded generator: the same register every time",
    "shared/src/shared/kit/embedded_bus.py": "a broker lives by its own clock",
    "shared/src/shared/kit/kafka.py": "the age of a record, by the clock that its broker stamped it with",
    "shared/src/shared/kit/embedded_subscription.py": "a broker's client lives by the broker's clock",
    "shared/src/shared/testing/eventually.py": "looks again until a condition holds",
}
# Rules whose floats are no figures.
SPREADS = {"services/alert-svc/src/alert_svc/deliveries/rules.py": "the spread of a retry's delay"}
TYPE_STRING = re.compile(r"^(cn\.diaodu\.|diaodu\.(indicator|project|bond|alert)\.v\d)")
CATALOGUE = "shared/src/shared/contracts/catalogue.py"
RULES_FILE = "services/bond-svc/src/bond_svc/library/rules.py"


def built_at_import(module: Module) -> Iterator[Finding]:
    if module.path.endswith(PROGRAMS):
        return
    allowed = VALUES | COMPUTED.get(module.path, set()) | _own_dataclasses(module)
    for statement in module.tree.body:
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)) or _is_main_guard(statement):
            continue
        for node in _outside_lambdas(statement):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] not in allowed:
                yield at(module, node, f"{dotted(node.func) or 'a call'}(…) runs at import; wire it in a function")


def _own_dataclasses(module: Module) -> set[str]:
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
    return {each.name for each in classes if any("dataclass" in ast.unparse(mark) for mark in each.decorator_list)}


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)


def _outside_lambdas(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Lambda):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _outside_lambdas(child)


def hidden_time(module: Module) -> Iterator[Finding]:
    if module.path in SEAMS:
        return
    names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in _from_imports(module) for alias in node.names}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node)
            full = names.get(name, name) if isinstance(node, ast.Name) else name
            if full in CLOCKS or full.removeprefix("datetime.") in CLOCKS:
                yield at(module, node, f"{name}: time is an argument, or comes from the Clock")
            elif CHANCE.match(full):
                yield at(module, node, f"{name}: chance comes from kit/ids.py or kit/backoff.py")


def _from_imports(module: Module) -> Iterator[ast.ImportFrom]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom))


def floats(module: Module) -> Iterator[Finding]:
    """Money and ratios are Decimal; a float may only be a number of seconds or a spread of chance."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "float":
            yield at(module, node, "float(…): money and ratios are Decimal")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float) and _is_exact(module):
            yield at(module, node, f"{node.value}: money and ratios are Decimal")


def _is_exact(module: Module) -> bool:
    return module.name in {"rules.py", "models.py"} and module.path not in SPREADS


def spelt_types(module: Module) -> Iterator[Finding]:
    if module.path == CATALOGUE or module.is_test:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE_STRING.match(node.value):
            yield at(module, node, f"{node.value!r}: type strings and topics are spelt in contracts/catalogue.py only")


def broker_clients(module: Module) -> Iterator[Finding]:
    if module.path.startswith(("shared/src/shared/kit/kafka", "shared/src/shared/testing/")) or module.is_test:
        return
    for name, line in module.imports:
        if name.split(".")[0] == "aiokafka" or (module.package != "shared" and name.startswith("shared.kit.kafka")):
            yield at(module, line, f"{name}: only kit/kafka.py talks to a broker, behind kit/bus.py")


RULES = (
    Rule(
        "nothing is built at import",
        built_at_import,
        in_production,
        bad=(
            Example("engine = create_async_engine(url)"),
            Example("SETTINGS: Settings = BondSettings()"),
            Example("app = create_app(x)"),
            Example("for each in load():\n    pass"),
        ),
        good=(
            Example('WORDS = re.compile("a")\nLIMITS = frozenset({1, 2})\nlog = structlog.get_logger(__name__)'),
            Example("KEY = lambda: open('x')"),
            Example('if __name__ == "__main__":\n    main()'),
            Example('cli = service_cli("bond")', "services/bond-svc/src/bond_svc/__main__.py"),
        ),
    ),
    Rule(
        "time and chance come in through a seam",
        hidden_time,
        in_production,
        bad=(
            Example("now = datetime.now(UTC)"),
            Example("import datetime\nnow = datetime.datetime.now()"),
            Example("today = date.today()"),
            Example("await asyncio.sleep(1)"),
            Example("from asyncio import sleep\nawait sleep(1)"),
            Example("key=random.random()"),
            Example("from uuid import uuid4\nid = uuid4()"),
            Example("def __init__(self, wall=time.time): ..."),
        ),
        good=(
            Example("now = uow.clock.now()\nawait clock.sleep(1)"),
            Example("datetime.now(UTC)", "shared/src/shared/kit/clock.py"),
        ),
    ),
    Rule(
        "money and ratios are Decimal",
        floats,
        in_services,
        bad=(
            Example("ratio = float(income) / float(debt)"),
            Example("LINE = 1.2", "services/bond-svc/src/bond_svc/library/rules.py"),
        ),
        good=(
            Example('LINE = Decimal("1.2")', "services/bond-svc/src/bond_svc/library/rules.py"),
            Example("def wait(seconds: float): ..."),
        ),
    ),
    Rule(
        "type strings and topics are spelt in the catalogue only",
        spelt_types,
        everywhere,
        bad=(Example('TYPE = "cn.diaodu.bond.issued.v1"'), Example('consume("diaodu.bond.v1")')),
        good=(Example('{"cn.diaodu.bond.issued.v1": Issued}', CATALOGUE), Example("type = TYPES[BondIssued]")),
    ),
    Rule(
        "only kit/kafka.py talks to a broker",
        broker_clients,
        everywhere,
        bad=(Example("from aiokafka import AIOKafkaProducer"), Example("from shared.kit.kafka import KafkaBus")),
        good=(Example("import aiokafka", "shared/src/shared/kit/kafka.py"), Example("from shared.kit.bus import EventBus")),
    ),
)
