"""Standings: how low or safe each item of a watched region is, and when that changed."""
