"""Finding the address of a host that answers."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from shim.http import addresses
from tests.listening import refusing_port


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def resolving_to(*hosts: str, port: int) -> Any:
    async def getaddrinfo(host: str, _: int, **options: Any) -> list[Any]:
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in hosts]

    return getaddrinfo


async def test_an_ip_address_is_not_resolved(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", None)
    with await addresses.connected("127.0.0.1", port) as made:
        assert made.getpeername() == ("127.0.0.1", port)


async def test_a_host_name_is_resolved(port: int) -> None:
    with await addresses.connected("localhost", port) as made:
        assert made.getpeername()[1] == port


async def test_an_address_that_refuses_is_skipped_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolving_to("::1", "127.0.0.1", port=port))
    monkeypatch.setattr(addresses, "HEAD_START", 60)
    with await addresses.connected("both.test", port) as made:
        assert made.getpeername() == ("127.0.0.1", port)


async def test_a_silent_address_does_not_delay_the_others(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolving_to("127.0.0.2", "127.0.0.1", port=port))
    monkeypatch.setattr(addresses, "HEAD_START", 0.01)
    usual, left = addresses._opened, list[str]()

    async def opened(address: addresses.Address) -> socket.socket:
        if address[3][0] == "127.0.0.2":
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                left.append("left")
        return await usual(address)

    monkeypatch.setattr(addresses, "_opened", opened)
    with await addresses.connected("slow.test", port) as made:
        assert made.getpeername() == ("127.0.0.1", port)
    assert left == ["left"]


async def test_no_address_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing_port() as port:
        resolved = resolving_to("127.0.0.1", "127.0.0.1", port=port)
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
        with pytest.raises(ConnectionRefusedError):
            await addresses.connected("none.test", port)


def test_address_families_alternate() -> None:
    six, four = (socket.AF_INET6, 1, 6, "a"), (socket.AF_INET, 1, 6, "b")
    assert list(addresses._in_turns([six, six, four])) == [six, four, six]
