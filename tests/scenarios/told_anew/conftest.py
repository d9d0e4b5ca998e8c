"""The harness of the engine's own tests."""

from tests.engine.conftest import harness

__all__ = ["harness"]
