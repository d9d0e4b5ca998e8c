"""A process that does nothing but serve."""

import gc
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
