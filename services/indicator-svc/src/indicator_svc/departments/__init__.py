"""Who heads which department from which day on: what a claim has to know until the directory of alert-svc tells it."""
