"""One reader for each shape of input."""
