"""The migrations of bond-svc's database."""
