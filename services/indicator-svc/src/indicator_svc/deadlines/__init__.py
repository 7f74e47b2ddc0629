"""Due days under watch: what comes due soon or falls overdue is told once, whatever stops, repeats or runs beside it."""
