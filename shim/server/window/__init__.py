"""The window: pages at ``/ui`` that show what is in the store.

They change nothing.  They are rendered here, with every content escaped, and load nothing from other hosts; a caller
sees only the objects of the caller's tenant.
"""

from shim.server.window.app import serves, window
from shim.server.window.entrance import enter

__all__ = ["enter", "serves", "window"]
