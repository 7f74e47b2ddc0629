"""How every service of the suite is built."""
