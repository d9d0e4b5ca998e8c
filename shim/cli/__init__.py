"""``assistants-shim``: the command line.  Needs the extra ``server``, but for ``run``."""

import sys
from importlib.util import find_spec
from typing import Final

from shim.cli import program

#: Packages of the extra ``server`` that the commands need.
EXTRA: Final = ("typer", "rich", "starlette", "uvicorn", "limits", "prometheus_client", "httptools", "jinja2")
MISSING: Final = 'assistants-shim needs the extra "server" for its commands: pip install "assistants-shim[server]"'


def main() -> None:
    """Run the command in ``sys.argv``.  Exits with 2 if the extra is not installed."""
    command, arguments = sys.argv[1:2], sys.argv[2:]
    if command == ["run"] and program.names_program(arguments):
        # Without the command-line library, which handles EOFError, Ctrl-C and exit codes itself.
        program.start(arguments)
        return
    if any(find_spec(name) is None for name in EXTRA):
        print(MISSING, file=sys.stderr)
        raise SystemExit(2)
    from shim.cli import table

    table.app(sys.argv[1:])(prog_name="assistants-shim")
