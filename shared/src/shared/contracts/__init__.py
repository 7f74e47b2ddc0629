"""Facts that cross the bus, defined once."""
