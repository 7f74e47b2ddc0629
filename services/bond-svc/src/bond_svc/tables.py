"""The base of this service's tables."""

from shared.kit.tables import KitBase, service_metadata


class Base(KitBase):
    """All slices share one metadata, so that one migration history describes the database."""

    __abstract__ = True
    metadata = service_metadata()
