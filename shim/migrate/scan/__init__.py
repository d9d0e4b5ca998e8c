"""Every use of the Assistants API in a code base, and what becomes of each.

`scanner.scan` takes paths and gives a `findings.Report`; `rules.RULES` says what each kind of finding means.  Python is
read by its syntax tree, other languages by patterns, and nothing that is read is ever run.
"""
