"""Where store, upstream, engine and doors are joined, and where settings are read."""
