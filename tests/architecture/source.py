"""The tree as the rules see it: parsed modules with their place, and findings with a line."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
_CODE = ("shared/src", "shared/tests", "services", "deploy", "tests")


@dataclass(frozen=True)
class Module:
    """One file of Python; `path` is relative to the repository, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def is_test(self) -> bool:
        return "tests" in PurePosixPath(self.path).parts

    @property
    def package(self) -> str | None:
        """The distribution's package, `bond_svc` of `services/bond-svc/src/bond_svc/…`; None outside of `src`."""
        parts = PurePosixPath(self.path).parts
        return parts[parts.index("src") + 1] if "src" in parts else None

    @property
    def is_service(self) -> bool:
        return self.package is not None and self.package.endswith("_svc")

    @property
    def slice(self) -> str | None:
        """The slice's folder, `library` of `…/src/bond_svc/library/rules.py`; None beside the slices."""
        parts = PurePosixPath(self.path).parts
        if not self.is_service or len(parts) - parts.index("src") < 4 or parts[-2] == "versions":
            return None
        folder = parts[parts.index("src") + 2]
        return None if folder in {"migrations", "data"} else folder

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @cached_property
    def imports(self) -> list[tuple[str, int]]:
        """Every imported module by its full dotted name, with the line; `from a import b` gives `a.b`."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
        return found


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.says}"


def at(module: Module, node: ast.AST | int, says: str) -> Finding:
    return Finding(module.path, node if isinstance(node, int) else getattr(node, "lineno", 0), says)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute chain; an attribute of anything else keeps the tail: `f().b` is `.b`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def keyword(call: ast.Call, name: str) -> object:
    """The constant given for a keyword argument, None when it is absent or computed."""
    values = [each.value for each in call.keywords if each.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


def modules() -> Iterator[Module]:
    """Every Python file of the repository except migrations, which are written once and then history."""
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if "/versions/" not in place and "/build/" not in place and ".venv" not in path.parts:
                yield Module(place, path.read_text(encoding="utf-8"))
