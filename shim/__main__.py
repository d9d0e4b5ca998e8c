"""``python -m shim``: the command line.  ``python -m shim app.py``, ``python -m shim -m app``: a program, unchanged."""

import sys

from shim.cli import main, program

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if program.starts_program(arguments):
        program.start(arguments)
    else:
        main()
