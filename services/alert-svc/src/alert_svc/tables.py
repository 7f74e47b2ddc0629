"""The base of alert-svc's tables."""

from shared.kit.tables import KitBase, service_metadata


class Base(KitBase):
    """Every table of alert-svc beside the kit's backbone."""

    __abstract__ = True

    metadata = service_metadata()
