"""A real proxy between a service and its servers (Toxiproxy), so that a test can cut, slow and swallow what goes between them."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from shared.testing.postgres_server import ServerMissing, free_port

VERSION: Final = "2.12.0"
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
BOTH_WAYS: Final = ("upstream", "downstream")


def binary() -> Path:
    """The server's program, built once by Go. Raises ServerMissing."""
    cache = Path(os.environ.get("DIAODU_CACHE", Path.home() / ".cache" / "diaodu"))
    program = cache / f"toxiproxy-{VERSION}" / "server"
    if not program.exists():
        _build(program.parent)
    return program


def _build(folder: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise ServerMissing(f"Toxiproxy {VERSION} is not here and Go (1.23 or newer) is not installed: https://go.dev/dl")
    command = [go, "install", f"github.com/Shopify/toxiproxy/v2/cmd/server@v{VERSION}"]
    done = subprocess.run(command, env={**os.environ, "GOBIN": str(folder)}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerMissing(f"Go could not build Toxiproxy {VERSION} (it needs Go 1.23 or newer): {done.stderr[-500:]}")


class Toxiproxy:
    """Started by entering it; `link` makes a way to a server that can be spoilt."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10, trust_env=False)
        self._links = 0

    def __enter__(self) -> Self:
        command = [str(binary()), "-host", "127.0.0.1", "-port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("Toxiproxy did not start")
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)

    def link(self, upstream: str) -> "Link":
        """A way to `host:port`."""
        self._links += 1
        name = f"link-{self._links}"
        made = self.call("POST", "/proxies", {"name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": True})
        return Link(self, name, made["listen"])

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the proxy's own interface."""
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        answered: dict[str, Any] = answer.json() if answer.content else {}
        return answered

    def _answers(self) -> bool:
        try:
            return self._client.get("/version").is_success
        except httpx.TransportError:
            return False


@dataclass(frozen=True)
class Link:
    """A way to one server. `address` is what a client is given; `mend` undoes everything that was done to it."""

    proxy: Toxiproxy
    name: str
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        self._change({"enabled": False})

    def lead_to(self, upstream: str) -> None:
        """Let new connections reach another server; those that are open are closed."""
        self._change({"upstream": upstream})

    def swallow(self, *ways: str) -> None:
        """Take what is sent and deliver nothing, with every connection held open: to the server, from it, or both."""
        for way in ways or BOTH_WAYS:
            self._spoil("timeout", way, {"timeout": 0})

    def slow(self, milliseconds: int, jitter: int = 0) -> None:
        """Delay everything, both ways together by so much."""
        for way in BOTH_WAYS:
            self._spoil("latency", way, {"latency": milliseconds // 2, "jitter": jitter // 2})

    def throttle(self, kilobytes_per_second: int) -> None:
        """Let no more than that through, each way."""
        for way in BOTH_WAYS:
            self._spoil("bandwidth", way, {"rate": kilobytes_per_second})

    def reset(self, after_milliseconds: int) -> None:
        """Reset every connection that old."""
        self._spoil("reset_peer", "downstream", {"timeout": after_milliseconds})

    def mend(self) -> None:
        """Good again; a connection whose data was swallowed is closed."""
        for toxic in self.proxy.call("GET", f"/proxies/{self.name}")["toxics"]:
            self.proxy.call("DELETE", f"/proxies/{self.name}/toxics/{toxic['name']}")
        self._change({"enabled": True})

    def _spoil(self, kind: str, way: str, attributes: dict[str, int]) -> None:
        toxic = {"name": f"{kind}-{way}", "type": kind, "stream": way, "attributes": attributes}
        self.proxy.call("POST", f"/proxies/{self.name}/toxics", toxic)

    def _change(self, changes: dict[str, Any]) -> None:
        self.proxy.call("POST", f"/proxies/{self.name}", changes)
