"""A process that only serves."""

import gc
import subprocess
import sys

from shim.server.run import SWITCH, settle_in


def test_the_process_is_configured_for_serving() -> None:
    before = sys.getswitchinterval()
    try:
        settle_in()
        assert sys.getswitchinterval() == SWITCH
        assert gc.get_freeze_count() > 1000
    finally:
        sys.setswitchinterval(before)
        gc.unfreeze()


def test_a_supervising_process_does_not_load_the_modules_of_its_workers() -> None:
    """The supervisor must not load the modules of its workers, and the workers must not load those of other commands:
    both would need much more memory.
    """
    code = """
import sys
from shim.cli import table
table.app(["serve"])
print([name for name in ("shim.server.app", "shim.assembly.decoding", "shim.cli.parity") if name in sys.modules])
from shim.server import application
print([name for name in ("shim.assembly.decoding", "shim.cli.parity") if name in sys.modules])
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.split("\n")[:2] == ["[]", "[]"]
