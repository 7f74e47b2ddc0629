"""Schedules of projects: forward from a day, backward from a deadline, as a read, as a trial, and taken over into the plan."""
