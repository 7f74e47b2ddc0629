"""Changes: why a board differs between two instants, cause by cause, adding up exactly."""
