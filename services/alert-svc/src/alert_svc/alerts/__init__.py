"""Alerts, their life and their case files."""
