"""The base of bond-svc's tables."""

from enum import StrEnum

from sqlalchemy import Enum

from shared.kit.tables import KitBase, service_metadata


class Base(KitBase):
    """Every table of bond-svc beside the kit's backbone."""

    __abstract__ = True

    metadata = service_metadata()


def Word(words: type[StrEnum]) -> Enum:  # noqa: N802 - reads as a type where it is used, like the kit's columns
    """A column of text of at most 32 characters that Python sees as a member of a closed set."""
    return Enum(
        words, native_enum=False, create_constraint=False, length=32, values_callable=lambda each: [one.value for one in each]
    )
