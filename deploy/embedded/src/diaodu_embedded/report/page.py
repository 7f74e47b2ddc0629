"""Words and numbers as every part of the report has them."""

from decimal import Decimal
from typing import IO, Final

from rich.console import Console
from rich.text import Text

from diaodu_embedded.client import Document

PAGE_WIDTH: Final = 140
HOME: Final = "620200"
LEVELS: Final = {
    "red": ("红", "bold red"),
    "orange": ("橙", "dark_orange"),
    "yellow": ("黄", "yellow"),
    "blue": ("蓝", "blue"),
    "green": ("绿", "green"),
}
POSTS: Final = {
    "VM-ECON": "常务副市长",
    "VM-IND": "分管工业副市长",
    "VM-AGRI": "分管农业副市长",
    "VM-SOC": "分管社会事业副市长",
    "VM-CITY": "分管城建副市长",
    "VM-COMM": "分管商贸副市长",
    "VM-SAFE": "分管公安应急副市长",
}
"""The portfolios of `domain.md` §1.5, until there is a directory of posts to ask."""


def page_console(file: IO[str] | None = None) -> Console:
    """As wide as the terminal; into a file or a pipe, wide enough for every table."""
    console = Console(file=file)
    return console if console.is_terminal else Console(file=file, width=PAGE_WIDTH)


def heading(console: Console, text: str) -> None:
    """Begin a part of the report."""
    console.print()
    console.rule(Text(text, style="bold"), align="left")


def note(console: Console, text: str, *, style: str = "") -> None:
    """A line below a table; a terminal breaks it where it likes."""
    console.print(f"  {text}", style=style, highlight=False, soft_wrap=True)


def level_text(level: str) -> Text:
    """A level as its colour's name, in its colour."""
    word, style = LEVELS[level]
    return Text(word, style=style)


def post(code: str) -> str:
    """Whose portfolio it is, in words."""
    return POSTS.get(code, code) or "—"


def percent(value: str | None) -> str:
    """A rate, one place."""
    return "—" if value is None else f"{Decimal(value):.1f}%"


def yi(wan: str | None) -> str:
    """万元 in 亿元, two places, as a meeting reads it."""
    return "未知" if wan is None else f"{Decimal(wan) / 10_000:.2f}"


def origin(document: Document) -> str:
    """What a reader has to know of the data behind a row: made up, or on a day that nobody set."""
    if document["synthetic"]:
        return "合成"
    return "日期假定" if document.get("date_basis") == "assumed" else "—"
