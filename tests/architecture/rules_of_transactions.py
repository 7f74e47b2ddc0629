"""One request or event is one transaction, HTTP stays at the edge, queries in repositories (style rules 1, 2, 7, 8, 13)."""

import ast
from collections.abc import Iterator

from tests.architecture.rule import Example, Rule, in_production, in_services, in_slices
from tests.architecture.source import FUNCTIONS, Finding, Function, Module, at, dotted, keyword

# The files that end transactions on a service's database: the unit of work, and the schema's migration.
COMMITTING = {"shared/src/shared/kit/db.py"}
TRANSACTIONAL = {"unit_of_work", "read_session", "admin_unit_of_work", "admin_read_session"}
SQL = {"select", "insert", "update", "delete", "text", "func"}
NO_SQL = {"rules.py", "errors.py", "schemas.py", "service.py", "endpoints.py", "handlers.py"}
HTTP_METHODS = {"get", "post", "put", "patch", "delete"}
MOST_STATEMENTS = 8

ENDPOINTS = "services/bond-svc/src/bond_svc/library/endpoints.py"
HANDLERS = "services/bond-svc/src/bond_svc/library/handlers.py"


def commits(module: Module) -> Iterator[Finding]:
    """A database commit takes no arguments; the bus's commit of offsets takes them and is another thing."""
    if module.path in COMMITTING:
        return
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"} and not call.args:
            yield at(module, call, f"{dotted(call.func)}() ends a transaction; only kit/db.py does")


def early_answers(module: Module) -> Iterator[Finding]:
    for call in module.calls:
        takes = dotted(call.args[0]).split(".")[-1] if call.args else ""
        if dotted(call.func).endswith("Depends") and takes in TRANSACTIONAL and keyword(call, "scope") != "function":
            yield at(module, call, 'Depends(…) without scope="function" answers before the commit')


def http_errors(module: Module) -> Iterator[Finding]:
    if "/shared/kit/" in module.path:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.alias | ast.Name | ast.Attribute):
            name = node.name if isinstance(node, ast.alias) else dotted(node)
            if name.split(".")[-1] == "HTTPException":
                yield at(module, node, "HTTPException: raise a DomainError, problems.py decides about HTTP")


def edges(module: Module) -> list[Function]:
    """The functions through which requests and events come in."""
    if module.name == "endpoints.py":
        return [each for each in module.functions if any(_is_route(mark) for mark in each.decorator_list)]
    if module.name == "handlers.py":
        return [each for each in module.functions if each.name.startswith("on_")]
    return []


def _is_route(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr in HTTP_METHODS


def fat_edges(module: Module) -> Iterator[Finding]:
    for edge in edges(module):
        statements = [each for each in _statements(edge) if not _is_docstring(each)]
        if len(statements) > MOST_STATEMENTS:
            yield at(module, edge, f"{edge.name} has {len(statements)} statements; an edge parses, calls once, returns")
        for node in ast.walk(edge):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in {"select", "execute", "scalars"}:
                yield at(module, node, f"{edge.name} queries; the repository does")


def _statements(function: Function) -> list[ast.stmt]:
    return [node for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.stmt)]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def stray_queries(module: Module) -> Iterator[Finding]:
    if module.name not in NO_SQL:
        return
    for name, line in module.imports:
        if name.startswith("sqlalchemy.") and name.split(".")[-1] in SQL:
            yield at(module, line, f"{name} in {module.name}; queries live in repository.py")


def lazy_relations(module: Module) -> Iterator[Finding]:
    for call in module.calls:
        if dotted(call.func).split(".")[-1] == "relationship" and keyword(call, "lazy") != "raise":
            yield at(module, call, 'relationship(…) without lazy="raise" may query where nobody awaits')


def unroutable(module: Module) -> Iterator[Finding]:
    """An endpoint that is not async would run in a thread, beside the unit of work's session."""
    for edge in edges(module):
        if not isinstance(edge, FUNCTIONS[1]):
            yield at(module, edge, f"{edge.name} is not async")


_ROUTE = '@router.post("/")\nasync def draw(uow):\n'
RULES = (
    Rule(
        "only the unit of work commits",
        commits,
        in_production,
        bad=(Example("await uow.session.commit()"), Example("await session.rollback()", "shared/src/shared/kit/relay.py")),
        good=(
            Example("await session.commit()", "shared/src/shared/kit/db.py"),
            Example("await subscription.commit(generation, offsets)", "shared/src/shared/kit/consumer.py"),
        ),
    ),
    Rule(
        "the unit of work is function-scoped",
        early_answers,
        in_production,
        bad=(
            Example("Uow = Annotated[UnitOfWork, Depends(unit_of_work)]"),
            Example('Depends(http.unit_of_work, scope="request")'),
        ),
        good=(Example('Uow = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]'), Example("Depends(page_request)")),
    ),
    Rule(
        "errors do not know HTTP",
        http_errors,
        in_production,
        bad=(Example("from fastapi import HTTPException"), Example("raise fastapi.HTTPException(409)")),
        good=(
            Example("from fastapi import HTTPException", "shared/src/shared/kit/problems.py"),
            Example("raise BondMatured(id)"),
        ),
    ),
    Rule(
        "an edge parses, calls once and returns",
        fat_edges,
        in_slices,
        bad=(
            Example(_ROUTE + "    a = 1\n" * 9, ENDPOINTS),
            Example(_ROUTE + "    if a:\n        b = 1\n" + "        c = 1\n" * 7, ENDPOINTS),
            Example(_ROUTE + "    return await uow.session.execute(select(Bond))", ENDPOINTS),
            Example(
                "async def on_due(uow, fact):\n    (await uow.session.scalars(q)).all()",
                ENDPOINTS.replace("endpoints", "handlers"),
            ),
        ),
        good=(
            Example(_ROUTE + '    """Zweck"""\n' + "    a = 1\n" * 8, ENDPOINTS),
            Example("def free():\n" + "    a = 1\n" * 9, ENDPOINTS),
        ),
    ),
    Rule(
        "an edge is async",
        unroutable,
        in_slices,
        bad=(Example('@router.get("/")\ndef read():\n    return 1', ENDPOINTS),),
        good=(Example(_ROUTE + "    return 1", ENDPOINTS),),
    ),
    Rule(
        "queries live in the repository",
        stray_queries,
        in_slices,
        bad=(Example("from sqlalchemy import select"), Example("from sqlalchemy.sql import text")),
        good=(Example("from sqlalchemy import select", "services/bond-svc/src/bond_svc/library/repository.py"),),
    ),
    Rule(
        "a relation is loaded where it is asked for",
        lazy_relations,
        in_services,
        bad=(Example("items: Mapped[list[Item]] = relationship()"), Example('orm.relationship(lazy="selectin")')),
        good=(Example('items: Mapped[list[Item]] = relationship(lazy="raise")'),),
    ),
)
