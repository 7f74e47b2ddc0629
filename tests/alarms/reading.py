"""What deploy/prometheus says, read."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
SELECTOR: Final = re.compile(r"([a-z_]+)\{([^}]*)\}")
BARE: Final = re.compile(r"\((diaodu_[a-z_]+)\)")
FIGURE: Final = re.compile(r'figure="([^"]*)"')


def rules() -> list[dict[str, Any]]:
    """Every alarm."""
    read = yaml.safe_load((PROMETHEUS / "rules.yml").read_text(encoding="utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def scraped() -> dict[str, dict[str, Any]]:
    """What is scraped, by the name of the job."""
    read = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    return {job["job_name"]: job for job in read["scrape_configs"]}


def wanted() -> set[tuple[str, str]]:
    """Metric and figure (empty where it has none) of everything that an alarm asks for."""
    selectors = [found for rule in rules() for found in SELECTOR.findall(rule["expr"])]
    bare = [(name, "") for rule in rules() for name in BARE.findall(rule["expr"])]
    return {(name, "".join(FIGURE.findall(labels))) for name, labels in [*selectors, *bare]}
