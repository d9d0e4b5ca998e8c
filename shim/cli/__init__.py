"""``assistants-shim``: the command line.  Needs the extra ``server``."""

import sys
from typing import Final

#: What the extra ``server`` brings and the commands need.
EXTRA: Final = ("typer", "rich", "starlette", "uvicorn")
MISSING: Final = 'assistants-shim needs the extra "server" for its commands: pip install "assistants-shim[server]"'


def main() -> None:
    """Run the command that ``sys.argv`` names.  Exits with 2 when the extra is not installed."""
    try:
        from shim.cli import table
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in EXTRA:
            raise
        print(MISSING, file=sys.stderr)
        raise SystemExit(2) from None
    table.app()(prog_name="assistants-shim")
