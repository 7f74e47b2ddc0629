"""The breakdown of a claimed item into sub-tasks of cooperating departments, and what these add up to."""
