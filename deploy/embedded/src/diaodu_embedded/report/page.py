"""Tables and words that every part of the report uses."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

HOME: Final = "620200"
LEVELS: Final = {
    "red": ("红", "bold red"),
    "orange": ("橙", "dark_orange"),
    "yellow": ("黄", "yellow"),
    "blue": ("蓝", "blue"),
    "green": ("绿", "green"),
}
SYNTHETIC: Final = "合成"


def heading(console: Console, text: str) -> None:
    """Begin a part of the report."""
    console.print()
    console.rule(Text(text, style="bold"), align="left")


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table; the columns named in `right` hold numbers."""
    made = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def level_text(level: str) -> Text:
    """A level as its colour's name, in its colour."""
    word, style = LEVELS[level]
    return Text(word, style=style)


def shown(value: str | None, unknown: str = "未知") -> str:
    """A value as it came, or that it is unknown."""
    return unknown if value is None else value


def yi(wan: str | None) -> str:
    """万元 in 亿元, two places, as a meeting reads it."""
    return "未知" if wan is None else f"{Decimal(wan) / 10_000:.2f}"


def mark(synthetic: bool) -> str:
    """What marks generated data wherever it shows."""
    return SYNTHETIC if synthetic else ""
