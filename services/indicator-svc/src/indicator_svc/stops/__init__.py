"""Stopped enterprises, each with its own plan to work again (一企一策), and what the stop costs the indicator."""
