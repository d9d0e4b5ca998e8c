"""Moving an application here: what it has stored elsewhere comes in through `Importer`."""

from shim.migrate.imports import Endpoint, Importer, Refused, Report

__all__ = ["Endpoint", "Importer", "Refused", "Report"]
