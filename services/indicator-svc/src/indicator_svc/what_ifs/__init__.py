"""What would happen if figures were other than they are; never mixed with the figures themselves."""
