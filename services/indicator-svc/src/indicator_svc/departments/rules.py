"""Whether somebody answers for a department on a day (`domain.md` §1.5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SEPARATORS: Final = "、，,;；/"


class Post(StrEnum):
    """`ACTING`: the head post is vacant and a deputy leads; `UNKNOWN`: the register says nothing of that department by then."""

    FILLED = "filled"
    ACTING = "acting"
    VACANT = "vacant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads a department; None where that post is vacant."""

    head: str | None
    deputy: str | None


def post_of(lead: Lead | None) -> Post:
    """How the head post of a department is filled."""
    if lead is None:
        return Post.UNKNOWN
    if lead.head is not None:
        return Post.FILLED
    return Post.VACANT if lead.deputy is None else Post.ACTING


def names_one(department: str) -> bool:
    """Whether a text names one department, not several: a lead that is shared is nobody's."""
    return bool(department.strip()) and not any(separator in department for separator in SEPARATORS)
