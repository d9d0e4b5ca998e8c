"""The fixtures of the store's own tests."""

from tests.store.conftest import address, base, store

__all__ = ["address", "base", "store"]
