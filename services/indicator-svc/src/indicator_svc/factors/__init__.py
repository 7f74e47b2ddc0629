"""Factor gaps: coal, power, oil, gas, transport, and land, funds, labour that enterprises lack (煤电油气运、地钱人)."""
