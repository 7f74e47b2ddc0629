"""The watch over due days: finds milestones that come due soon or fall overdue, without anyone asking."""
