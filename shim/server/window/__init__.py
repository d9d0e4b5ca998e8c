"""The window: pages at ``/ui`` that show what is in the store.

They only read.  They are rendered here, with every content escaped, and load nothing from elsewhere; what a caller may
see is what his tenant has.
"""

from shim.server.window.app import serves, window
from shim.server.window.entrance import enter

__all__ = ["enter", "serves", "window"]
