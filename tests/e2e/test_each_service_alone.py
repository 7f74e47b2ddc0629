"""Each service installs and runs alone: its wheel and shared's, the runtime lock's packages, and the other three absent."""

import re
import signal
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("indicator", "project", "bond", "alert")


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds one service; commands run in an empty folder, with nothing of ours in their way."""

    service: str
    home: Path

    @property
    def python(self) -> str:
        return str(self.home / "venv" / "bin" / "python")

    @property
    def settings(self) -> dict[str, str]:
        prefix = self.service.upper()
        return {
            f"{prefix}_ENVIRONMENT": "test",
            f"{prefix}_DATABASE_URL": f"sqlite+aiosqlite:///{self.home / 'service.db'}",
            f"{prefix}_BUS_URL": f"file://{self.home / 'bus.db'}",
            f"{prefix}_SIGNING_KEY": "only-for-this-test-and-long-enough-0123",
        }

    def run(self, *arguments: str) -> str:
        result = subprocess.run(
            [self.python, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env=self.settings,
            timeout=120,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==[^;\n]*?(?:;(.*?))?\\$", re.MULTILINE)
"""A line of a lock: the package, with the extras that it is asked for, and where it is needed."""


def locked_distributions() -> list[str]:
    pins = PIN.findall((ROOT / "requirements.lock").read_text())
    return [name for name, marker in pins if "win32'" not in marker or "!=" in marker]


@pytest.fixture(scope="module")
def third_party(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what requirements.lock installs, and nothing else of this environment: no test tools, nothing of ours."""
    folder = tmp_path_factory.mktemp("third-party")
    for name in locked_distributions():
        found = distribution(name)
        for top in {Path(file).parts[0] for file in found.files or () if Path(file).parts[0] != ".."}:
            link = folder / top
            if top != "__pycache__" and not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))
    return folder


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    sources = [str(ROOT / "shared"), *(str(ROOT / "services" / f"{service}-svc") for service in SERVICES)]
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([*command, *sources], check=True, timeout=300)
    return folder


@pytest.fixture(params=SERVICES, scope="module")
def alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wheels: Path, third_party: Path) -> Installed:
    service = str(request.param)
    installed = Installed(service, tmp_path_factory.mktemp(service))
    venv.create(installed.home / "venv", with_pip=False)
    packages = next((installed.home / "venv" / "lib").glob("python*")) / "site-packages"
    (packages / "third-party.pth").write_text(f"{third_party}\n")
    own = [str(next(wheels.glob(f"diaodu_{name}-*.whl"))) for name in ("shared", f"{service}_svc")]
    pip = [sys.executable, "-m", "pip", "--python", installed.python, "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, *own], check=True, timeout=120)
    return installed


@pytest.fixture
def api(alone: Installed) -> Iterator[subprocess.Popen[str]]:
    alone.run("-m", f"{alone.service}_svc", "migrate")
    settings = alone.settings | {f"{alone.service.upper()}_HTTP_PORT": "0"}
    command = [alone.python, "-m", f"{alone.service}_svc", "api"]
    with subprocess.Popen(command, cwd=alone.home, env=settings, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def ready_url(process: subprocess.Popen[str]) -> str:
    """The address that the process says it is ready at; a process that ends instead says none."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("ready "):
            return line.split()[1]
    raise AssertionError("".join(said))


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own process on this machine
        return int(answer.status)


def test_a_service_imports_without_the_other_three(alone: Installed) -> None:
    seen = alone.run(
        "-c",
        f"import importlib.util as i, {alone.service}_svc.app, {alone.service}_svc.worker;"
        f"print([s for s in {SERVICES} if i.find_spec(s + '_svc')], i.find_spec('pytest'), i.find_spec('diaodu_embedded'))",
    )
    assert seen.strip() == f"['{alone.service}'] None None"


def test_a_service_migrates_answers_and_stops_alone(api: subprocess.Popen[str]) -> None:
    url = ready_url(api)
    assert [status(f"{url}/{path}") for path in ("livez", "readyz")] == [200, 200]
    api.send_signal(signal.SIGTERM)
    assert api.wait(timeout=30) == 0
