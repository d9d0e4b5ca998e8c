"""The stores of the store's own tests."""

from tests.store.conftest import address, base, store, template

__all__ = ["address", "base", "store", "template"]
