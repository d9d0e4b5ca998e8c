"""Alembic revisions of the store, applied when a database is first used."""
