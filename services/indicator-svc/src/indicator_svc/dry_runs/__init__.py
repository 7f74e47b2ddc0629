"""Dry runs: a draft held against history before anybody publishes it; nothing is kept."""
