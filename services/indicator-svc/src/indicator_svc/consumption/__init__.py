"""The consumption picture: retail, tourism, hotels and night-economy zones, out of the figures of the one engine."""
