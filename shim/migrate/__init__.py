"""Moving an application here: what it has stored elsewhere comes in through `Importer`."""

from shim.migrate.imports import Importer, Refused, Report

__all__ = ["Importer", "Refused", "Report"]
