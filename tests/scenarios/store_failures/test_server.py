"""PostgreSQL stops and starts again, during an answer and between calls: seen from the client."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openai
import pytest
import sqlalchemy as sa

from shim.store import database as module
from shim.store.address import resolve
from shim.store.database import database
from tests.scenarios.doors.colours import opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import until_ended
from tests.scenarios.store_failures.test_causes import MOMENTS, WAYS, Backlog, Scene
from tests.server.served import until
from tests.stores import POSTGRES

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SHIM_TEST_POSTGRES holds no URL")


class Door:
    """A proxy in front of the server.  When it is shut, its port is closed and all connections end."""

    def __init__(self, behind: tuple[str, int]) -> None:
        self._behind, self._open = behind, list[socket.socket]()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near = listening.accept()[0]
                far = socket.create_connection(self._behind)
                self._open += (near, far)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(one, other), daemon=True).start()

    def shut(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        # The port stays taken, so that no server of another test gets it.
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", self.port))
        while self._open:
            each = self._open.pop()
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self.shut()
        self._listening.close()

    def open(self) -> None:
        self._listening.listen()
        self._serve()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class Server:
    """A schema for these tests, behind the proxy."""

    def __init__(self) -> None:
        self.name = f"test_{uuid.uuid4().hex}"
        self._engine = sa.create_engine(resolve(POSTGRES), poolclass=sa.NullPool)
        self.do(sa.schema.CreateSchema(self.name))
        there = self._engine.url
        self._door = Door((there.host or "127.0.0.1", there.port or 5432))
        near = there.set(host="127.0.0.1", port=self._door.port).render_as_string(hide_password=False)
        self.url = f"{near}?options=-csearch_path%3D{self.name}&application_name={self.name}"

    def do(self, statement: Any, **arguments: Any) -> None:
        with self._engine.begin() as db:
            db.execute(statement, arguments)

    def cut(self) -> None:
        """End every connection; new ones are accepted."""
        mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        self.do(sa.text(mine), name=self.name)

    def stop(self) -> None:
        """Between two transactions, as the outcome of one that is being committed would be unknown."""
        busy = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name"
            " AND (state <> 'idle' OR clock_timestamp() - state_change < interval '50 ms')"
        )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            until(lambda: db.execute(busy, {"name": self.name}).scalar() == 0)
        self._door.shut()

    def start(self) -> None:
        self._door.open()

    def close(self) -> None:
        self.do(sa.schema.DropSchema(self.name, cascade=True))
        self._door.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    database(made.url).close()
    made.close()


@pytest.fixture
def scene(request: pytest.FixtureRequest, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("SHIM_DATABASE_URL", server.url)
    # No retries, so that the store itself does not hide the failure.
    monkeypatch.setattr(module, "RETRIES", (0.0,))
    with Loopback() as upstream, opened(request.param, base_url=upstream.url, max_retries=0) as client:
        yield Scene(client, upstream, Path())


CASES = [
    (how, moment, *WAYS[number % len(WAYS)])
    for number, (moment, how) in enumerate((moment, how) for moment in MOMENTS for how in ("cut", "passes", "lasts"))
]


@pytest.mark.parametrize("how,moment,scene,way", CASES, indirect=["scene"])
def test_a_server_that_stops_during_an_answer(
    scene: Scene, server: Server, how: str, moment: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost connection has no effect; while the server is down, events wait, or the answer is fetched later."""
    watched = Backlog(monkeypatch)
    watched.lasts = how == "lasts"
    scene.add_message(scene.question)
    scene.part = MOMENTS[moment]
    made = scene.threads.runs.create(scene.thread, assistant_id=scene.assistant, stream=way == "stream")
    scene.gate.wait()
    (server.cut if how == "cut" else server.stop)()
    try:
        scene.gate.open()
        assert how == "cut" or watched.met.wait(30)
        if how == "lasts":
            with pytest.raises(openai.APIError, match=r"does not answer|closed the connection") as caught:
                list(made) if way == "stream" else until_ended(scene.threads, scene.thread, made.id)
            assert "shim@" not in str(caught.value)
    finally:
        if how != "cut":
            server.start()
    if how != "lasts" and way == "stream":
        assert [event.event for event in made][-1] == "thread.run.completed"
    scene.part = None
    (run,) = scene.threads.runs.list(scene.thread)
    assert until_ended(scene.threads, scene.thread, run.id)["status"] == "completed"
    assert len(scene.server.bodies) == 1
    assert scene.question in " ".join(scene.texts_of_messages()[1].split())
    scene.check(1)


@pytest.mark.parametrize("scene", ["sync", "async"], indirect=True)
def test_a_server_that_stops_between_calls(scene: Scene, server: Server) -> None:
    """Lost connections have no effect.  A call while the server is down fails and has no effect."""
    scene.add_message("Hello")
    server.cut()
    assert scene.run().status == "completed"
    server.stop()
    try:
        with pytest.raises(openai.InternalServerError, match="does not answer") as caught:
            scene.add_message("lost")
        assert caught.value.response.headers["x-should-retry"] == "true"
    finally:
        server.start()
    scene.check(1)


@pytest.mark.parametrize(
    "change,words",
    [
        ({"database": "no_such_database"}, "does not exist: its server has no such database"),
        ({"username": "no_such_user"}, "does not exist: its server has no such database, user"),
    ],
)
def test_a_database_or_user_that_does_not_exist(
    change: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = resolve(POSTGRES).set(password="s3cret", **change)  # type: ignore[arg-type]
    monkeypatch.setenv("SHIM_DATABASE_URL", url.render_as_string(hide_password=False))
    with opened("sync", base_url="http://127.0.0.1:9/v1") as client:
        with pytest.raises(openai.InternalServerError, match=words) as caught:
            client.beta.threads.create()
        assert "s3cret" not in str(caught.value)
