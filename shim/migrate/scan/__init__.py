"""Finds the uses of the Assistants API in a code base, with a verdict for each.

`scanner.scan` takes paths and returns a `findings.Report`; `rules.RULES` explains each kind of finding.  Python is read
by its syntax tree, other languages by patterns, and no code is ever run.
"""
