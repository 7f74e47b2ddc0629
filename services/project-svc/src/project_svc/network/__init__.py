"""The arithmetic of schedules: days that can be worked, passes over a network of works, what to compress."""
