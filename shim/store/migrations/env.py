"""Runs revisions on the connection that the caller has opened, within the caller's transaction."""

from alembic import context

from shim.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
