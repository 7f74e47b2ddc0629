"""One service's interface under schemathesis: what exists in it, and a run over its own document."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from shared.testing.http import bearer

ROOT: Final = Path(__file__).parents[2]
PARAMETER: Final = re.compile(r"/\{([a-z_]+)\}")
MOST_IDS: Final = 20
SECONDS: Final = 3600.0
ANSWER_SECONDS: Final = 70.0
"""More than a service gives itself for the largest batch: what takes longer than that gets a 503 by itself."""
VALUES: Final[Mapping[str, list[str]]] = {
    "region": ["620200", "620000", "620100"],
    "indicator": ["E02", "E03", "L02"],
    "period": ["2021", "2021-Q4", "2022-M05"],
    "scheme": ["CITY-31", "PANEL-GANSU"],
    "field": ["F07", "F01"],
    "sub_field": ["供水"],
    "kind": ["new", "continuing"],
    "plan_year": ["2022"],
    "url": ["http://127.0.0.1:9/hook"],
}
"""Codes that mean something, by the name of the field that takes them."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Where a service answers, to whom, and under which seed it is asked."""

    service: str
    url: str
    key: str
    folder: Path

    @property
    def document_url(self) -> str:
        return f"{self.url}/api/{self.service}/openapi.json"

    def fuzz(self, *, examples: int, seed: int, phases: str) -> subprocess.CompletedProcess[str]:
        """Ask whatever the document allows and forbids; exit code 0 when every answer kept to it and none was 5xx."""
        known = self.folder / f"{self.service}-known.json"
        known.write_text(json.dumps({"ids": self._ids(), "values": VALUES}), encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            self.document_url,
            "--checks=all",
            f"--phases={phases}",
            f"--max-examples={examples}",
            f"--seed={seed}",
            "--continue-on-failure",
            f"--request-timeout={ANSWER_SECONDS:g}",
            f"--max-response-time={ANSWER_SECONDS:g}",
            "--generation-database=none",
            "--warnings=off",
        ]
        environment = {**os.environ, "DIAODU_API_KEY": self.key, "DIAODU_KNOWN": str(known)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)

    def _ids(self) -> dict[str, list[str]]:
        """Ids that exist, by the path of the collection that lists them."""
        with httpx.Client(base_url=self.url, headers=bearer(self.key), timeout=30, trust_env=False) as client:
            paths: dict[str, Any] = client.get(f"/api/{self.service}/openapi.json").json()["paths"]
            lists = {PARAMETER.split(path)[0] for path in paths if PARAMETER.search(path)}
            return {path: found for path in sorted(lists) if "get" in paths.get(path, {}) and (found := _listed(client, path))}


def _listed(client: httpx.Client, path: str) -> list[str]:
    items = client.get(path, params={"limit": MOST_IDS}).json().get("items", [])
    return [str(item.get("id", item.get("code"))) for item in items]
