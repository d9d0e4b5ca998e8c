"""Exports threads: as files, and as conversations of the Conversations API."""
