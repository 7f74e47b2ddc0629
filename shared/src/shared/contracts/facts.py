"""What every fact has in common.

A fact is past tense, carries what its readers need, and only ever grows: new fields have defaults, readers ignore
fields they do not know. Decimals travel as text; days as ISO dates; instants with their offset.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """Alert levels, from no cause for concern to the mayor's desk (`domain.md` §6)."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def severity(self) -> int:
        """0 for green to 4 for red."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that a fact is about. All facts of one object keep their order on the bus."""

    region: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.region}/{self.kind}/{self.id}"


class Fact(BaseModel):
    """The base of all facts; `region` is a GB/T 2260 code."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject_kind: ClassVar[str]

    region: str

    @property
    @abstractmethod
    def object_id(self) -> str:
        """The id of the object that the fact is about, unique within region and kind."""

    def older_form(self) -> "Fact | None":
        """The form that is published beside this one for subscribers who know only that; None where there is none."""
        return None

    def subject(self) -> Subject:
        return Subject(self.region, self.subject_kind, self.object_id)


def every_form(fact: Fact) -> Iterator[Fact]:
    """A fact as it is published: its newest form, then each older one that some subscriber may still know alone."""
    form: Fact | None = fact
    while form is not None:
        yield form
        form = form.older_form()
