"""Connects store, upstream, engine and doors, and reads the settings."""
