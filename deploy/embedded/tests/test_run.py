"""`make run` as its operator meets it: how it starts, what it refuses, how it ends."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from diaodu_embedded.child import READY, EmbeddedChild

AT_ONCE_SECONDS = 6.0
"""How long an end may take; the suite's own deadline for stragglers is ten."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChild]:
    with EmbeddedChild(tmp_path_factory.mktemp("run") / "var", {"LOG_LEVEL": "warning"}) as child:
        yield child


def refused(data_dir: Path, port: str) -> str:
    """What a start that has to fail says; its status is 2, and no traceback is shown to an operator."""
    command = [sys.executable, "-m", "diaodu_embedded", "run"]
    variables = {**os.environ, "DATA_DIR": str(data_dir), "PORT": port, "LOG_LEVEL": "warning"}
    ended = subprocess.run(command, env=variables, capture_output=True, timeout=60, check=False)  # noqa: S603 - our own program
    said = ended.stderr.decode()
    assert (ended.returncode, "Traceback" in said, READY in ended.stdout.decode()) == (2, False, False), said
    return said


def test_it_says_once_on_a_line_of_its_own_that_it_is_ready(running: EmbeddedChild) -> None:
    ready = [line for line in running.log.read_text().splitlines() if READY.strip() in line]
    assert ready == [f"{READY}{running.url}"]


def test_the_first_key_is_for_its_owner_only_and_opens_every_service(running: EmbeddedChild) -> None:
    assert stat.S_IMODE((running.data_dir / "admin.key").stat().st_mode) == 0o600
    for place in ("indicator/v1/schemes", "project/v1/projects", "bond/v1/policies", "alert/v1/alerts"):
        url = f"{running.url}/api/{place}"
        assert httpx.get(url, trust_env=False).status_code == 401
        assert httpx.get(url, headers={"Authorization": f"Bearer {running.key}"}, trust_env=False).status_code == 200


def test_a_second_start_on_the_same_data_says_who_has_it(running: EmbeddedChild) -> None:
    assert f"DATA_DIR：{running.data_dir} 正被另一个进程使用" in refused(running.data_dir, "0")


def test_a_port_that_somebody_has_is_named(running: EmbeddedChild, tmp_path: Path) -> None:
    port = running.url.rpartition(":")[2]
    assert f"无法监听 127.0.0.1:{port}" in refused(tmp_path / "var", port)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_cleanly_and_fast_while_somebody_listens_to_the_stream(tmp_path: Path, how: signal.Signals) -> None:
    child = EmbeddedChild(tmp_path / "var", {"LOG_LEVEL": "warning"})
    await asyncio.to_thread(child.start)
    headers = {"Authorization": f"Bearer {child.key}"}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("GET", f"{child.url}/api/alert/v1/stream", headers=headers) as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines)
        began = time.monotonic()
        ending = asyncio.create_task(asyncio.to_thread(child.stop, how))
        rest = [line async for line in lines]
        assert await ending == 0
        assert time.monotonic() - began < AT_ONCE_SECONDS
    assert "event: bye" in rest, "whoever listens is told to come again"
    assert "Traceback" not in child.log.read_text()
