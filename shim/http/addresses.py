"""Connects a socket to a host name, and looks whether one can be read.

All addresses of a name are tried, each before the previous one has failed (RFC 8305).
"""

import asyncio
import select
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import chain, zip_longest
from typing import Any, Final

import anyio

#: Seconds after which the next address is tried in parallel.
HEAD_START: Final = 0.25
#: Family, kind, protocol, and the address itself.
Address = tuple[int, int, int, Any]


async def connected(host: str, port: int) -> socket.socket:
    """A socket that is connected to one of the host's addresses.  Raises `OSError`."""
    addresses = await _addresses(host, port)
    return await _opened(addresses[0]) if len(addresses) == 1 else await _first(addresses)


async def _addresses(host: str, port: int) -> list[Address]:
    try:
        literal = ip_address(host)
    except ValueError:
        loop = asyncio.get_running_loop()
        records = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(_in_turns([(family, kind, proto, where) for family, kind, proto, _, where in records]))
    family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
    return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, (host, port))]


def _in_turns(addresses: list[Address]) -> Iterator[Address]:
    """The addresses with alternating families, beginning with the family that the resolver prefers."""
    first = [each for each in addresses if each[0] == addresses[0][0]]
    others = [each for each in addresses if each[0] != addresses[0][0]]
    return (each for each in chain.from_iterable(zip_longest(first, others)) if each is not None)


async def _first(addresses: list[Address]) -> socket.socket:
    """The first socket that is connected; the others are closed."""
    won, problems = list[socket.socket](), list[OSError]()

    async def attempt(address: Address, over: anyio.Event) -> None:
        try:
            sock = await _opened(address)
        except OSError as problem:
            problems.append(problem)
            over.set()
            return
        won.append(sock)
        group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in addresses:
                over = anyio.Event()
                group.start_soon(attempt, address, over)
                with anyio.move_on_after(HEAD_START):
                    await over.wait()
    except BaseException:
        for sock in won:
            sock.close()
        raise
    for sock in won[1:]:
        sock.close()
    if not won:
        raise problems[0]
    return won[0]


async def _opened(address: Address) -> socket.socket:
    family, kind, proto, where = address
    sock = socket.socket(family, kind, proto)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, where)
    except BaseException:
        sock.close()
        raise
    return sock


def is_readable(sock: Any) -> bool:
    """Whether bytes or the end of the connection can be read that the event loop has not processed yet."""
    if sock is None or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(0))
