"""Awards and 约谈: who is a candidate for which, by the published rules of the scheme."""
