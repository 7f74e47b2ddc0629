"""Claims: whose indicator is whose (谁的指标谁认领), and how it is broken down."""
