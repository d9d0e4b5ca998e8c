"""What was found out about servers outlives the process: read once, and written when something is new.

A store that fails for this fails no request and no run: what is found out holds in this process all the same.
"""

import hashlib
import hmac
import logging
from collections.abc import Sequence

from shim.engine.capabilities import Finding, Keeping
from shim.engine.context import Context
from shim.store import keys, learned
from shim.store.errors import StoreFailed
from shim.store.learned import Learned
from shim.store.tx import Tx

log = logging.getLogger("shim")


async def load(world: Context) -> None:
    """Take over what earlier processes have found out, once."""
    capabilities = world.capabilities
    keeping = capabilities.keeping
    if keeping is None or capabilities.loaded:
        return
    try:
        secret, found = await world.store.read(_known, keeping, world.now())
    except StoreFailed as problem:
        log.debug("what earlier processes have found out about servers could not be read: %s", problem)
        return
    if found:
        log.info("%s findings about servers and models are taken over from earlier processes", len(found))
    capabilities.take_over(found, lambda address: _digest(secret, address))


async def save(world: Context) -> None:
    """Write down what is new."""
    capabilities = world.capabilities
    keeping, news = capabilities.keeping, capabilities.news()
    if keeping is None or not news:
        return
    try:
        await world.store.write(_note, keeping, news, world.now())
    except StoreFailed as problem:
        capabilities.still_new(news)
        log.debug("what was found out about servers could not be stored: %s", problem)


def _known(tx: Tx, keeping: Keeping, now: int) -> tuple[str, list[Learned]]:
    """The secret and what it hides the servers of.  Where the store has no secret it has nothing that needs one."""
    secret = keeping.secret or keys.known_secret(tx)
    return ("", []) if secret is None else (secret, learned.known(tx, now - keeping.seconds))


def _note(tx: Tx, keeping: Keeping, news: Sequence[Finding], now: int) -> None:
    secret = keeping.secret or keys.secret(tx, keeping.fresh())
    rows = [Learned(_digest(secret, each.address), each.fact, each.value, int(each.at)) for each in news]
    learned.note(tx, rows, now - keeping.seconds)


def _digest(secret: str, address: str) -> str:
    return hmac.new(secret.encode(), b"learned\0" + address.encode(), hashlib.sha256).hexdigest()
