"""Screening of library projects by the policy in force: hit, clear or undetermined, each with its clause (B3)."""
