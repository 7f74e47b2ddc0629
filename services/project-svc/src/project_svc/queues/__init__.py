"""Three queues: what has to start, what has to speed up, what can be finished (`requirements.md` P6)."""
