"""A run's way: from its request upstream to its end in the store."""
