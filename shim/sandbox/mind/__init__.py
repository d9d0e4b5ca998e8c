"""What the model would do: rules instead of a model."""
