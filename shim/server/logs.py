"""The server's log: lines for people or JSON for programs, each with the id of the request that it belongs to."""

import logging
import time
from typing import Final, Literal

from shim.ports import Happening
from shim.server import exchange
from shim.server.recent import Recent
from shim.wire import encoding
from shim.wire.types import Json

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]
log: Final = logging.getLogger("shim")
#: The name of this module's handler, so that it is not added twice.
OURS: Final = "shim-server"
#: The attribute of a record with its fields.
FIELDS: Final = "shim"


#: Characters that could end a line, or that a terminal obeys: paths and texts of callers and upstreams may have them.
CONTROL: Final = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
ESCAPED: Final = {code: ascii(chr(code))[1:-1] for code in CONTROL}


class WithRequestId(logging.Filter):
    """Adds to each record the id of the request in which, or for whose run, it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        current_exchange = exchange.current.get()
        record.request_id = current_exchange.id if current_exchange else ""
        return True


class Text(logging.Formatter):
    """``2026-11-27T02:10:00Z INFO shim.access: GET /v1/threads 200 3 ms [req_…]``"""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def formatMessage(self, record: logging.LogRecord) -> str:
        text = super().formatMessage(record).translate(ESCAPED)
        return f"{text} [{id}]" if (id := getattr(record, "request_id", "")) else text


class AsJson(logging.Formatter):
    """One object a line: ``time``, ``level``, ``logger``, ``message``, ``request_id``, and the record's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Json = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if id := getattr(record, "request_id", ""):
            fields["request_id"] = id
        fields |= getattr(record, FIELDS, {})
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return encoding.compact(fields).decode()


def configure(level: Level, form: Format, access: bool) -> None:
    """Write the log of this process to its standard error."""
    handler = logging.StreamHandler()
    handler.set_name(OURS)
    handler.addFilter(WithRequestId())
    handler.setFormatter(AsJson() if form == "json" else Text())
    root = logging.getLogger()
    for old in [each for each in root.handlers if each.get_name() == OURS]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    log.setLevel(level.upper())
    exchange.access.disabled = not access


class Runs:
    """A monitor that logs how runs end: ids, status, seconds since the run was made."""

    def __init__(self) -> None:
        self._responses: Recent[str] = Recent()

    def __call__(self, what: Happening, run: Json, detail: str = "", /) -> None:
        if what == "opened":
            self._responses[run["id"]] = detail
        if what != "ended":
            return
        fields = {
            "run_id": run["id"],
            "thread_id": run["thread_id"],
            "response_id": self._responses.pop(run["id"], None),
            "status": detail,
            "seconds": round(time.time() - run["created_at"], 3),
        }
        log.info("run %s of thread %s: %s", run["id"], run["thread_id"], detail, extra={FIELDS: fields})
