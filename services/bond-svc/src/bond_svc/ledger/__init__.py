"""The ledger of bonds that were really issued (B12)."""
