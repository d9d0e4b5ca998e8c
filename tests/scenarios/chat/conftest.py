"""A browser for the scenarios of the chat."""

from tests.browser import chromium

__all__ = ["chromium"]
