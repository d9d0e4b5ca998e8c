"""The server on a free port of the loopback address, in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shim.server.run import Server, Tls, configured
from shim.settings import Settings, current_settings

#: Seconds after which an expected event counts as missing.
PATIENCE = 60.0


@contextmanager
def served(allow_remote: bool = False, tls: Tls | None = None, **chosen: Any) -> Iterator[str]:
    """Yields ``http://127.0.0.1:PORT``; ``chosen`` are settings in addition to the environment's."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    mine: Settings = current_settings().model_copy(update=chosen)
    server = Server(configured("127.0.0.1", 0, mine, allow_remote, tls), mine.exit_grace, lambda url: None)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def until(holds: Any) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)
