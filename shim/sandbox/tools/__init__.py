"""The tools of a request, and the work of the hosted ones."""
