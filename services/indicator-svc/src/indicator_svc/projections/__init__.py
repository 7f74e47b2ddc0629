"""Projections to the end of the year, each with an interval out of the errors that its method made before."""
