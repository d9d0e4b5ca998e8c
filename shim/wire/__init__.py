"""Both vocabularies: requests, replies, errors, pages, ids and server-sent events.  Knows no other room."""
