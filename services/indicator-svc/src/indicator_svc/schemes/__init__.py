"""Evaluation schemes as versioned data, and the scoring methods that they choose from."""
