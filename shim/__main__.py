"""``python -m shim``: the command line."""

from shim.cli import main

if __name__ == "__main__":
    main()
