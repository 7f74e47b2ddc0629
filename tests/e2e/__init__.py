"""The suite as a whole: what it takes in over REST, across the bus, to the push in the hands of its receiver."""
