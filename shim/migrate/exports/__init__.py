"""Threads out of the store: as files, and as conversations of the Responses API."""
