"""Migration: import and export of threads, scan and change of code, comparison of models."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shim.migrate.imports import Endpoint, Importer, Refused, Report

__all__ = ["Endpoint", "Importer", "Refused", "Report"]


def __getattr__(name: str) -> Any:
    """Load the import only when it is used: a scan needs neither the store nor its library."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shim.migrate import imports

    return getattr(imports, name)
