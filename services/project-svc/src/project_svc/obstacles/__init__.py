"""What holds projects up: whose it is to remove, by when, and which removal frees the most (`requirements.md` P7)."""
