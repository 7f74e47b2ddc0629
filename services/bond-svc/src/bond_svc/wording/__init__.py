"""What officials' wording says: whether a text means a phrase that it mentions."""
