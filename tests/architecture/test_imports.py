"""The import contracts of pyproject.toml hold, and each is shown to fail on a small tree that breaks it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

CONFIG = ROOT / "pyproject.toml"
SERVICES = ("indicator_svc", "project_svc", "bond_svc", "alert_svc")
FILES = ("rules", "models", "repository", "service", "endpoints", "handlers", "errors")

# contract → (file of the small tree, import that breaks it)
BREAKING = [
    ("services", "bond_svc/library/service.py", "import project_svc.library.rules"),
    ("services", "shared/kit/bus.py", "import alert_svc"),
    ("services", "bond_svc/library/service.py", "import diaodu_embedded"),
    ("shared", "shared/contracts/facts.py", "import shared.kit.bus"),
    ("shared", "shared/kit/bus.py", "import shared.testing.clock"),
    ("slices", "bond_svc/library/rules.py", "import bond_svc.library.models"),
    ("slices", "bond_svc/library/repository.py", "import bond_svc.library.service"),
    ("slices", "bond_svc/library/service.py", "import bond_svc.library.endpoints"),
    ("slices", "bond_svc/library/handlers.py", "import bond_svc.library.endpoints"),
    ("broker", "alert_svc/library/service.py", "import shared.kit.kafka"),
    ("broker", "alert_svc/library/handlers.py", "import aiokafka"),
    ("http", "indicator_svc/library/service.py", "import fastapi"),
    ("http", "indicator_svc/library/handlers.py", "import starlette"),
    ("testing", "project_svc/library/service.py", "import shared.testing.clock"),
]


def lint_imports(tree: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(CONFIG),
        "--no-cache",
        "--no-logo",
        *arguments,
    ]
    environment = {"PYTHONPATH": str(tree)} if tree else {}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree or ROOT, env=environment, timeout=120)


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """The same packages in miniature, without a single import."""
    files = [f"{service}/library/{name}.py" for service in SERVICES for name in FILES]
    files += [
        "shared/contracts/facts.py",
        "shared/kit/bus.py",
        "shared/kit/kafka.py",
        "shared/testing/clock.py",
        "diaodu_embedded/app.py",
    ]
    for file in files:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for folder in path.relative_to(tmp_path).parents:
            (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "__init__.py").unlink()
    # Outside packages are seen only where somebody imports them.
    (tmp_path / "shared/kit/kafka.py").write_text("import aiokafka\nimport fastapi\nimport starlette\n")
    return tmp_path


def test_the_tree_keeps_every_import_contract() -> None:
    result = lint_imports(None)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_tree_without_imports_keeps_every_contract(small_tree: Path) -> None:
    result = lint_imports(small_tree)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "file", "line"), BREAKING)
def test_a_forbidden_import_breaks_its_contract(small_tree: Path, contract: str, file: str, line: str) -> None:
    (small_tree / file).write_text(line + "\n")
    result = lint_imports(small_tree, "--contract", contract)
    assert (result.returncode, "1 broken" in result.stdout) == (1, True), result.stdout + result.stderr


def test_every_contract_is_shown_to_fail() -> None:
    stated = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    assert {each["id"] for each in stated} == {contract for contract, _, _ in BREAKING}
