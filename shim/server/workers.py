"""Supervises several processes on one address: starts them, replaces those that end, stops all together.

Each is another process of this program, with the open socket that all of them listen on.  Runs of a process that has
ended are taken over after their lease by the next process that reads or changes their threads.

The process that was started checks everything, and then executes `shim.server.supervisor` in its own place: that
program loads a quarter of what a server needs.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from prometheus_client import multiprocess

from shim.server import logs
from shim.server.metrics import FOLDER
from shim.wire import encoding

log = logging.getLogger("shim")
#: Seconds between two checks of the processes.
POLL_SECONDS: Final = 0.2
#: Seconds that a process must have run to be replaced: one that ends at once would probably do so again.
LIVED: Final = 3.0
#: The signals to stop.
STOPS: Final = (signal.SIGTERM, signal.SIGINT)


#: The beginning of the name of the folder with the workers' numbers.
PREFIX: Final = "shim-metrics-"


def listening(host: str, port: int) -> socket.socket:
    """A socket for all processes.  Raises `OSError` if the address is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


@dataclass(frozen=True)
class Plan:
    """``number``: of processes; ``listener``: the file descriptor of their socket; ``grace``: seconds in which all must
    end; ``level`` and ``form``: of the log.
    """

    number: int
    listener: int
    grace: float
    level: logs.Level
    form: logs.Format


def postpone_stops() -> None:
    """Let signals to stop wait until the supervisor, which is another program in this process, handles them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


def supervise(plan: Plan, arguments: list[str]) -> NoReturn:
    """Make this process the supervisor.  ``arguments``: the command line of each worker."""
    os.set_inheritable(plan.listener, True)
    sys.stdout.flush()
    program = str(Path(__file__).with_name("supervisor.py"))
    os.execv(sys.executable, [sys.executable, program, encoding.text(asdict(plan)), *arguments])


def run_supervisor(plan: str, *arguments: str) -> int:
    """What the supervisor does; returns its exit status."""
    settings = Plan(**encoding.parsed(plan))
    logs.configure(settings.level, settings.form, access=False)
    return Workers(settings, arguments).run()


def leave_folder() -> None:
    """What a worker does at its end whose supervisor was killed: the last one removes the folder with the numbers."""
    folder = Path(os.environ.get(FOLDER, ""))
    if not folder.name.startswith(PREFIX):
        return
    for each in folder.glob("*.db"):
        pid = each.stem.rpartition("_")[2]
        if pid == str(os.getpid()) or not _is_alive(pid):
            each.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        pass
    return True


class Workers:
    """The processes, and what becomes of them."""

    def __init__(self, plan: Plan, arguments: Sequence[str]) -> None:
        ours = ("--workers", "1", "--fd", str(plan.listener), "--supervisor", str(os.getpid()))
        self._line = [sys.executable, "-m", "shim", *arguments, *ours]
        self._number, self._listener, self._grace = plan.number, plan.listener, plan.grace
        self._running: dict[subprocess.Popen[bytes], float] = {}
        self._stopping = False
        self._status = 0

    def run(self) -> int:
        """Run until a signal to stop, or until a process cannot start; returns the exit status."""
        for each in STOPS:
            signal.signal(each, self._stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
            os.environ.setdefault(FOLDER, folder)
            for _ in range(self._number):
                if not self._stopping:
                    self._start()
            while not self._stopping:
                time.sleep(POLL_SECONDS)
                self._restart_ended()
            self._end()
        return self._status

    def _start(self) -> None:
        process: Any = subprocess.Popen(self._line, pass_fds=[self._listener], stdin=subprocess.DEVNULL)
        self._running[process] = time.monotonic()

    def _restart_ended(self) -> None:
        for each, began in list(self._running.items()):
            if each.poll() is None:
                continue
            self._forget(each)
            # A process that was killed, for example by lack of memory, had started.
            if time.monotonic() - began < LIVED and each.returncode >= 0:
                log.error("a worker ended with status %s while it started", each.returncode)
                self._status, self._stopping = 1, True
            elif not self._stopping:
                log.warning("worker %s ended with status %s: another one is started", each.pid, each.returncode)
                self._start()

    def _forget(self, process: "subprocess.Popen[bytes]") -> None:
        del self._running[process]
        with suppress(OSError):
            multiprocess.mark_process_dead(process.pid)  # type: ignore[no-untyped-call]

    def _stop(self, number: int, frame: Any) -> None:
        self._stopping = True

    def _end(self) -> None:
        for each in self._running:
            each.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        for each in list(self._running):
            try:
                each.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("worker %s had to be killed", each.pid)
                each.kill()
                each.wait()
