"""Scoreboards: what a scheme makes of the figures of one period."""
