"""Permits of projects: how long each is good for, what was extended, and the watch over those about to lapse."""
