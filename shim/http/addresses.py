"""Connects a socket to a host name: tries all its addresses, each before the previous one has failed (RFC 8305)."""

import asyncio
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
    found = await _addresses(host, port)
    return await _opened(found[0]) if len(found) == 1 else await _first(found)


async def _addresses(host: str, port: int) -> list[Address]:
    try:
        literal = ip_address(host)
    except ValueError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(_in_turns([(family, kind, proto, where) for family, kind, proto, _, where in found]))
    family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
    return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, (host, port))]


def _in_turns(found: list[Address]) -> Iterator[Address]:
    """The addresses with alternating families, beginning with the family that the resolver prefers."""
    first = [each for each in found if each[0] == found[0][0]]
    others = [each for each in found if each[0] != found[0][0]]
    return (each for each in chain.from_iterable(zip_longest(first, others)) if each is not None)


async def _first(found: list[Address]) -> socket.socket:
    """The first socket that is connected; the others are closed."""
    won, problems = list[socket.socket](), list[OSError]()

    async def attempt(address: Address, over: anyio.Event) -> None:
        try:
            made = await _opened(address)
        except OSError as problem:
            problems.append(problem)
            over.set()
            return
        won.append(made)
        group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in found:
                over = anyio.Event()
                group.start_soon(attempt, address, over)
                with anyio.move_on_after(HEAD_START):
                    await over.wait()
    except BaseException:
        for made in won:
            made.close()
        raise
    for made in won[1:]:
        made.close()
    if not won:
        raise problems[0]
    return won[0]


async def _opened(address: Address) -> socket.socket:
    family, kind, proto, where = address
    made = socket.socket(family, kind, proto)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, where)
    except BaseException:
        made.close()
        raise
    return made
