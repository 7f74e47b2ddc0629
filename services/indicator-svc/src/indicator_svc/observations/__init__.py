"""Figures: one region, one indicator, one period; known or unknown, revised but never overwritten."""
