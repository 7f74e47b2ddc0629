"""Exact fractions: `fractions.Fraction` as compiled code, whose every result is the same. Scoring a board is mostly fractions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction
else:
    from quicktions import Fraction

__all__ = ["Fraction"]
