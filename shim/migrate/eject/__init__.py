"""Assistants written out as native code: the Responses API, or the Agents SDK."""
