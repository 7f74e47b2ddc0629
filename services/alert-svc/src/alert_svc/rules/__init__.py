"""Alert rules as dated, versioned data."""
