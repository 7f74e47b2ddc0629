"""Tables of Chinese text: columns of a known width, one of which takes what the others leave, and lines folded as Chinese is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

NARROWEST: Final = 16
WIDEST_PAGE: Final = 160
_BORDERS: Final = 3
"""Cells that a column takes beside its content: a rule and a blank on either side."""
_ONE_CHARACTER: Final = 2
_WORDS: Final = re.compile(r"[!-~]+|\s+|.", re.DOTALL)
_NEVER_FIRST: Final = frozenset("，。；：、）》”’！？…%—")
_NEVER_LAST: Final = frozenset("（《“‘")


@dataclass(frozen=True, slots=True)
class Column:
    """`cells`: its width, of which a Chinese character takes two; None takes what the other columns leave."""

    title: str
    cells: int | None = None
    right: bool = False


class Sheet:
    """A titled table for a page of `width` cells; `console.print(sheet)` prints it."""

    def __init__(self, width: int, title: str, *columns: Column) -> None:
        self._widths = widths_for(min(width, WIDEST_PAGE), columns)
        self._table = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
        for column, cells in zip(columns, self._widths, strict=True):
            justify: Literal["left", "right"] = "right" if column.right else "left"
            self._table.add_column(folded_to(cells, column.title), width=cells, justify=justify, no_wrap=True)

    def __rich__(self) -> Table:
        return self._table

    def add(self, *cells: str | Text, style: str = "") -> None:
        """One row; plain text is folded to the width of its column."""
        folded = [
            folded_to(width, cell) if isinstance(cell, str) else cell for width, cell in zip(self._widths, cells, strict=True)
        ]
        self._table.add_row(*folded, style=style)

    def rule_off(self) -> None:
        """A line below the last row."""
        self._table.add_section()


def widths_for(page: int, columns: Sequence[Column]) -> list[int]:
    """The cells of each column; on a page too narrow for them all, the widest give way first."""
    room = page - _BORDERS * len(columns) - 1
    rest = max(NARROWEST, room - sum(column.cells or 0 for column in columns))
    widths = [rest if column.cells is None else column.cells for column in columns]
    while sum(widths) > room and max(widths) > _ONE_CHARACTER:
        widths[widths.index(max(widths))] -= 1
    return widths


def folded_to(cells: int, text: str) -> str:
    """The text in lines of at most `cells`: between any two Chinese characters, but not before a full stop or inside a number."""
    return "\n".join(line for part in text.split("\n") for line in _lines(cells, part))


def _lines(cells: int, text: str) -> Iterator[str]:
    line = ""
    for piece in _pieces(cells, text):
        if line and cell_len((line + piece).rstrip()) > cells:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()


def _pieces(cells: int, text: str) -> Iterator[str]:
    """What is not torn apart: words and numbers, with the punctuation that clings to them; what is wider than a line is cut."""
    piece = ""
    for word in _WORDS.findall(text):
        if piece and word[0] not in _NEVER_FIRST and piece[-1] not in _NEVER_LAST:
            yield from _cut(cells, piece)
            piece = ""
        piece += word
    yield from _cut(cells, piece)


def _cut(cells: int, piece: str) -> Iterator[str]:
    if cell_len(piece) <= cells:
        yield piece
        return
    ends = accumulate(cell_len(character) for character in piece)
    lines: dict[int, str] = {}
    for character, end in zip(piece, ends, strict=True):
        lines[(end - 1) // cells] = lines.get((end - 1) // cells, "") + character
    yield from lines.values()
