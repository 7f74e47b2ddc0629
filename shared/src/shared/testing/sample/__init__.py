"""A tiny service (notes about milestones) on which the kit's edge is tested the way that real services use it."""
