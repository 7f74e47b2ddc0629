"""Pace: what is achieved, what is owed, and what each day and month up to the closing has to bring (倒推、补欠账)."""
