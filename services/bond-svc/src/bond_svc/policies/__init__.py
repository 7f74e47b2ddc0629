"""The dated policy catalogue: which fields a special bond may serve, what it may never serve, and by which document (B1)."""
