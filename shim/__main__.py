"""``python -m shim``: the command line.  ``python -m shim app.py``, ``python -m shim -m app``: a program, unchanged."""

import sys

from shim.cli import main, program

if __name__ == "__main__":
    words = sys.argv[1:]
    if program.starts_program(words):
        program.start(words)
    else:
        main()
