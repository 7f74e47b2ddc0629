"""What is sent to webhook receivers, and how it went."""
