"""The tools that a request may offer, and the hosted ones at work."""
