"""A browser for the scenarios of the example chat."""

from tests.browser import chromium

__all__ = ["chromium"]
