"""Start, resumption and investment rates with the projects behind them (开复工率、投资完成率、序时差)."""
