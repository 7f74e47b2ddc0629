"""Webhook receivers."""
