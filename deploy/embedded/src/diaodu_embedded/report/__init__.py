"""What a dispatch meeting looks at, as tables in a terminal. Everything is read over REST."""
