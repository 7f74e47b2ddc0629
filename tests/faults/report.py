"""The table that `make test-faults` ends with."""

from dataclasses import dataclass, field
from typing import Protocol

HEADINGS = ("fault", "accepted", "effects", "lost", "doubled", "recovery s", "repeats", "refused")


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: facts owed to requests that were answered 201, effects that came of them, and how soon after its end.

    `repeats` are messages that came again under their own webhook-id; `refused` are requests that had to be sent again.
    """

    fault: str
    accepted: int
    effects: int
    lost: int
    doubled: int
    recovery: float
    repeats: int = 0
    refused: int = 0

    def cells(self) -> tuple[str, ...]:
        numbers = (self.accepted, self.effects, self.lost, self.doubled)
        return (self.fault, *map(str, numbers), f"{self.recovery:.1f}", str(self.repeats), str(self.refused))


class Lines(Protocol):
    """Where the table is written, line by line."""

    def write_line(self, line: str) -> object: ...


@dataclass
class Report:
    """The rows of this run."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Something else that was measured."""
        self.notes.append(sentence)

    def print_on(self, lines: Lines) -> None:
        """Nothing when no fault was tried."""
        if not self.rows:
            return
        table = [HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADINGS))]
        lines.write_line("")
        for cells in table:
            first, *numbers = zip(cells, widths, strict=True)
            aligned = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in numbers)]
            lines.write_line("  ".join(aligned))
        for note in self.notes:
            lines.write_line(note)
