"""Migrations of alert-svc's database."""
