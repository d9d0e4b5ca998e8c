"""New fixtures for each test, shared with the engine's tests."""

from tests.engine.conftest import harness

__all__ = ["harness"]
