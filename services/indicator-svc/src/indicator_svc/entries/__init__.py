"""Statistical entry (应统尽统): who should be in the register, what the dossier lacks, how far the application is."""
