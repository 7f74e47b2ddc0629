"""The `as_of` of reads, in the words of the figures that they rest on."""

from indicator_svc.observations.endpoints import AsOf
from indicator_svc.observations.service import instant_of

__all__ = ["AsOf", "instant_of"]
