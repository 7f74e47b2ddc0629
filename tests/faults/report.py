"""The table that `make test-faults` ends with."""

from dataclasses import asdict, dataclass, field
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


Properties = list[tuple[str, object]]
"""What a test says beside its outcome: it reaches the process that prints, whichever process the test ran in."""
ROW, NOTE = "fault", "note"


@dataclass(frozen=True, slots=True)
class Report:
    """What one test adds to the table."""

    properties: Properties

    def add(self, row: Row) -> None:
        """One fault that was tried."""
        self.properties.append((ROW, asdict(row)))

    def note(self, sentence: str) -> None:
        """Something else that was measured."""
        self.properties.append((NOTE, sentence))


@dataclass
class Table:
    """The rows and notes of this run."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, properties: Properties) -> None:
        """What one test said."""
        for name, value in properties:
            if name == ROW and isinstance(value, dict):
                self.rows.append(Row(**value))
            elif name == NOTE:
                self.notes.append(str(value))

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
