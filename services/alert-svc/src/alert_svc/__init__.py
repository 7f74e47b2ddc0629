"""alert-svc of the 调度 suite."""
