"""A process that does nothing but serve."""

import gc
import subprocess
import sys

from shim.server.run import SWITCH, settle_in


def test_it_is_set_up_for_that() -> None:
    before = sys.getswitchinterval()
    try:
        settle_in()
        assert sys.getswitchinterval() == SWITCH
        assert gc.get_freeze_count() > 1000
    finally:
        sys.setswitchinterval(before)
        gc.unfreeze()


def test_a_process_that_watches_others_does_not_load_what_they_need() -> None:
    """It would be half as large again, and so would each of them with the commands that are not `serve`."""
    code = """
import sys
from shim.cli import _served
_served()
print([name for name in ("shim.server.app", "shim.assembly.decoding", "shim.cli.table") if name in sys.modules])
from shim.server import application
print([name for name in ("shim.assembly.decoding", "shim.cli.table") if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[:2] == ["[]", "[]"]
