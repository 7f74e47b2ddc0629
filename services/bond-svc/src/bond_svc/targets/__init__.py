"""The library against its target: holdings, planning tasks, gaps, and the fact of each crossing (B7)."""
