"""A browser for the tests of the window."""

from tests.browser import chromium

__all__ = ["chromium"]
