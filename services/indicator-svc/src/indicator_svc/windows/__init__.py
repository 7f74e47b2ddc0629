"""Reporting windows (报统开网/关网): when figures can be handed in, what is still missing, and the warnings before the close."""
