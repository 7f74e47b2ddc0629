"""All four services in one process, on SQLite and the file bus."""
