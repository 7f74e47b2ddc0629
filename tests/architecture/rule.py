"""What a rule is: a check, the files that it looks at, and examples that prove that it can fail and can pass."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.architecture.source import Finding, Module

Place = Callable[[Module], bool]


def everywhere(_module: Module) -> bool:
    return True


def in_production(module: Module) -> bool:
    """What runs in production: the sources of the packages, test support excluded."""
    return module.package is not None and "/shared/testing/" not in module.path


def in_services(module: Module) -> bool:
    return module.is_service


def in_slices(module: Module) -> bool:
    return module.slice is not None


def in_tests(module: Module) -> bool:
    return module.is_test and not module.path.startswith("tests/architecture/")


@dataclass(frozen=True)
class Example:
    """A small file at an imagined place."""

    code: str
    path: str = "services/bond-svc/src/bond_svc/library/service.py"

    @property
    def module(self) -> Module:
        return Module(self.path, self.code)


@dataclass(frozen=True)
class Rule:
    """`bad` must each be found, `good` must pass; `looks_at` limits the check to the files that it is about."""

    name: str
    check: Callable[[Module], Iterable[Finding]]
    looks_at: Place
    bad: tuple[Example, ...]
    good: tuple[Example, ...]

    def findings(self, module: Module) -> list[Finding]:
        return list(self.check(module)) if self.looks_at(module) else []

    def __str__(self) -> str:
        return self.name
