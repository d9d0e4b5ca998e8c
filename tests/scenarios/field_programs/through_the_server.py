"""A program of another environment with ``assistants-shim serve``: ``through_the_server.py PYTHON PROGRAM``.

This environment has the shim installed; the other Python has its own SDK, and the base URL in its environment.
"""

import os
import subprocess
import sys
import tempfile
from typing import IO

SERVE = [sys.executable, "-m", "shim", "serve", "--port", "0", "--upstream", "sandbox"]


def _address(output: IO[str]) -> str:
    """The base URL that the server prints when it listens."""
    found = next(part for part in output.readline().split() if part.startswith("http"))
    return found.rstrip(".,")


def main(python: str, program: str) -> int:
    """Start the server, run the program, stop the server; the program's exit status, or 1 if no tool was called."""
    with tempfile.TemporaryDirectory() as folder:
        database = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db"}
        with subprocess.Popen(SERVE, env=os.environ | database, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                given = {"OPENAI_API_KEY": "offline", "OPENAI_BASE_URL": _address(server.stdout)}
                left = subprocess.run(
                    [python, program], env=os.environ | given, stdout=subprocess.PIPE, text=True, check=False
                )
            finally:
                server.terminate()
    print(left.stdout)
    return left.returncode or int("19 degrees in Paris" not in left.stdout)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
