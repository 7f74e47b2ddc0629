"""The live stream of alert events."""
