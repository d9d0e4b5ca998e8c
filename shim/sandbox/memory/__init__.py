"""The sandbox's stored objects: responses, files, vector stores, containers."""
