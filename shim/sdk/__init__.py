"""What a user imports: the clients, `install`, the module-level client."""
