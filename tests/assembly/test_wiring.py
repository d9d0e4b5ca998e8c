"""The effects of the settings."""

from shim.assembly.wiring import patience
from shim.runtime.unread import USUAL
from shim.settings import Settings


def test_the_default_reader_timeout_is_used_unless_it_is_set() -> None:
    assert patience(Settings()) == USUAL
    chosen = patience(Settings(max_unread_bytes=7, reader_timeout=0.5))
    assert (chosen.limit, chosen.seconds) == (7, 0.5)
