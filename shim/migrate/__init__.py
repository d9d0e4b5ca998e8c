"""Migration: import and export of threads, scan and change of code, comparison of models."""

from shim.migrate.imports import Endpoint, Importer, Refused, Report

__all__ = ["Endpoint", "Importer", "Refused", "Report"]
