"""Requirements: everything declared is pinned and hashed, no address is written down, and a service declares what it imports."""

import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT, modules

LOCKS = sorted(ROOT.glob("requirements*.lock"))
PROJECTS = sorted(path for path in ROOT.glob("*/**/pyproject.toml") if ".venv" not in path.parts)
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|--trusted-host|@ (file|git)")
# What a declared package brings and shows as its own: starlette with fastapi, mako with alembic.
BROUGHT = {"starlette", "pydantic-core", "mako", "anyio"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    return {normalised(name): version for name, _, version in PIN.findall(text)}


def extras(text: str) -> dict[str, set[str]]:
    return {normalised(name): set(re.findall(r"[\w.-]+", listed)) for name, listed, _ in PIN.findall(text)}


def asked_with_extras() -> dict[str, set[str]]:
    """The extras that the packages installed here ask of others (`coverage[toml]`), by the package they are asked of."""
    asked: dict[str, set[str]] = {}
    for stated in (each for distribution in distributions() for each in distribution.requires or []):
        requirement = Requirement(stated)
        if requirement.extras and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            asked.setdefault(normalised(requirement.name), set()).update(requirement.extras)
    return asked


def unhashed(text: str) -> list[str]:
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    return [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry]


def declared(project: Path) -> set[str]:
    stated = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return {normalised(re.split(r"[\[<>=!~; ]", each)[0]) for each in stated}


def test_the_locks_are_there() -> None:
    assert [lock.name for lock in LOCKS] == ["requirements-build.lock", "requirements-dev.lock", "requirements.lock"]
    assert len(PROJECTS) == 6


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_with_hashes_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert unhashed(text) == []
    assert ADDRESS.findall(text) == []


def test_an_unhashed_pin_and_an_address_are_found() -> None:
    assert unhashed("a==1 \\\n    --hash=sha256:00\nb==2\n") == ["b==2"]
    assert ADDRESS.search("--index-url https://mirror.example/simple")


def test_what_is_asked_for_with_an_extra_is_pinned_with_it() -> None:
    """pip takes `coverage==7` for no pin of `coverage[toml]`, looks for the newest, and refuses it for want of a hash."""
    pinned = extras((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))
    asked = asked_with_extras()
    assert "coverage" in asked
    assert {name: wanted - pinned[name] for name, wanted in asked.items() if wanted - pinned.get(name, wanted)} == {}


def test_the_locks_agree_on_versions() -> None:
    known = {lock.name: pins(lock.read_text(encoding="utf-8")) for lock in LOCKS}
    development = known.pop("requirements-dev.lock")
    for name, pinned in known.items():
        assert pinned.items() <= development.items(), name


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.parent.name)
def test_everything_that_a_package_declares_is_pinned(project: Path) -> None:
    pinned = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert {name for name in declared(project) if not name.startswith("diaodu-")} <= pinned.keys()


def providers(root: str) -> set[str]:
    """The distributions that an imported package may come from; our own are found by name, editable or not."""
    if root == "shared" or root.endswith("_svc"):
        return {f"diaodu-{normalised(root)}"}
    return {normalised(name) for name in packages_distributions().get(root, [root])}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.parent.name)
def test_a_package_declares_what_it_imports(project: Path) -> None:
    """Test support is exempt: it is imported by tests only, whose requirements are those of development."""
    folder = project.parent.relative_to(ROOT).as_posix()
    allowed = declared(project) | declared(ROOT / "shared" / "pyproject.toml") | BROUGHT
    roots = {
        name.split(".")[0]
        for module in modules()
        if module.path.startswith(f"{folder}/src/") and "/shared/testing/" not in module.path
        for name, _ in module.imports
        if name.split(".")[0] not in sys.stdlib_module_names | {module.package}
    }
    assert {root for root in roots if not providers(root) & allowed} == set()
