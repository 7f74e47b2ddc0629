"""Self-balance of a project's bonds: repayment plan, coverage ratio, yearly cash test (B4)."""
