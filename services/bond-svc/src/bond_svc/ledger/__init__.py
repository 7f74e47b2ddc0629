"""The ledger of bonds that were really issued, imported from the public register (requirements B12)."""
