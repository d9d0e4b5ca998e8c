"""The names that users import: the clients, `install`, the module-level client."""
