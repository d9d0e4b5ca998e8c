"""One harness for each test; each example of the test creates its own thread in that harness."""

from tests.engine.conftest import harness

__all__ = ["harness"]
