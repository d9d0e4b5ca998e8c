"""One file a resource: what each call of the old API does."""
