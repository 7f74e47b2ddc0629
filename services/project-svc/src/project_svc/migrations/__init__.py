"""Migrations of project-svc's database."""
