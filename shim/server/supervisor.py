"""The program that supervises the workers of a server, executed by its path.

Python executes a package's ``__init__`` before its modules, and the shim's loads the SDK, some 40 MB that a supervisor
does not need.  So this program puts an empty package in its place.
"""

import sys


def main() -> int:
    """Supervise the workers that the command line describes; returns the exit status."""
    # The folder of this file: its modules are not to be found under their bare names.
    del sys.path[0]
    from pathlib import Path
    from types import ModuleType

    package = ModuleType("shim")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["shim"] = package
    from shim.server import workers

    return workers.run_supervisor(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
