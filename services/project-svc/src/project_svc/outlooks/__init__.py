"""Whether plans can still be kept: found out once a day and after every change, told once for each crossing."""
