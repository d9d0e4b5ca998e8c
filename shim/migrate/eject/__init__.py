"""Turns assistants into native code for the Responses API or the Agents SDK."""
