"""The sandbox lists every model that answers in place of a retired one."""

from shim.sandbox.shapes.models import LISTED
from shim.translate.models import RETIRED


def test_successors_are_listed() -> None:
    assert {row.successor for row in RETIRED.values()} <= set(LISTED)
