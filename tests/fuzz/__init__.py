"""Whatever is asked of an interface, it answers in its own words and keeps what it had."""
