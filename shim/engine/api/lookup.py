"""Objects by id, or the API's 404; ids by form, or its 400."""

from shim.engine.api import declared
from shim.engine.context import Context, require
from shim.store import assistants, messages, threads
from shim.store import runs as run_rows
from shim.store.runs import RunRow
from shim.store.tx import Tx, brief
from shim.wire.errors import error
from shim.wire.requests import check_id
from shim.wire.types import Json


def check(**ids: str) -> None:
    """Ids of a path, in its order: ``thread="thread_…", run="run_…"``.  Raises `ApiError`."""
    for kind, value in ids.items():
        check_id(kind, value)


@brief
def assistant(tx: Tx, context: Context, assistant_id: str) -> Json:
    body = declared.get(tx, context, assistant_id) or assistants.get(tx, assistant_id)
    return require(body, error("no_assistant", id=assistant_id))


@brief
def thread(tx: Tx, thread_id: str) -> Json:
    return require(threads.get(tx, thread_id), error("no_thread", id=thread_id))


@brief
def message(tx: Tx, thread_id: str, message_id: str) -> Json:
    thread(tx, thread_id)
    return require(messages.get(tx, thread_id, message_id), error("no_message", id=message_id))


@brief
def run(tx: Tx, thread_id: str, run_id: str) -> RunRow:
    row = run_rows.get(tx, thread_id, run_id)
    if row is None:
        thread(tx, thread_id)
        raise error("no_run", id=run_id)
    return row
