"""Decides a model's output, by rules instead of a model."""
