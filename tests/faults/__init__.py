"""Processes killed, servers stopped, networks cut: what was accepted has taken effect once when all is back."""
