"""A browser for the scenarios of the window."""

from tests.browser import chromium

__all__ = ["chromium"]
