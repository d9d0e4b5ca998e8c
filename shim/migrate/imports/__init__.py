"""Import of assistants, threads, messages, runs, steps and files from what people have exported.

The way of an import: `sources` opens files, `documents` parses them, `shapes` recognises each value and its reader
turns it into objects, `objects` checks and completes each object, `stage` collects them on disk, `timeline` puts a
thread in order, `writer` stores whole threads.  Nothing is written before all input has been read.
"""

from shim.migrate.imports.importer import Importer
from shim.migrate.imports.readers.live import Endpoint
from shim.migrate.imports.report import Refused, Report

__all__ = ["Endpoint", "Importer", "Refused", "Report"]
