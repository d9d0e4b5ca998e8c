"""What the sandbox stores: responses, files, vector stores, containers."""
