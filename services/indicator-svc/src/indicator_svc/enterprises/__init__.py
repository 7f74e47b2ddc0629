"""Key and growing enterprises: output, revenue and profit month by month, and when a firm will reach the line."""
