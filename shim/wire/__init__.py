"""Data formats of both APIs: requests, replies, errors, pages, ids and server-sent events.  Imports no other room."""
