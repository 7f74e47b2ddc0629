"""What befalls a whole project with its plan: formal suspension, resumption, completion (停缓建、恢复、竣工)."""
