"""Stores what was learned about servers for later processes: read once, and written when something is new.

If the store fails here, no request and no run fails: what was learned is still used in this process.
"""

import hashlib
import hmac
import logging
from collections.abc import Sequence

from shim.engine.capabilities import Finding, Persistence
from shim.engine.context import Context
from shim.store import keys, learned
from shim.store.errors import StoreFailed
from shim.store.learned import Learned
from shim.store.tx import Tx

log = logging.getLogger("shim")


async def load(context: Context) -> None:
    """Read what earlier processes have learned, once."""
    capabilities = context.capabilities
    persistence = capabilities.persistence
    if persistence is None or capabilities.loaded:
        return
    try:
        secret, earlier = await context.store.read(_known, persistence, context.now())
    except StoreFailed as problem:
        log.debug("what earlier processes have found out about servers could not be read: %s", problem)
        return
    if earlier:
        log.info("%s findings about servers and models are taken over from earlier processes", len(earlier))
    capabilities.take_over(earlier, lambda address: _digest(secret, address))


async def save(context: Context) -> None:
    """Store what is new."""
    capabilities = context.capabilities
    persistence, news = capabilities.persistence, capabilities.news()
    if persistence is None or not news:
        return
    try:
        await context.store.write(_note, persistence, news, context.now())
    except StoreFailed as problem:
        capabilities.still_new(news)
        log.debug("what was found out about servers could not be stored: %s", problem)


def _known(tx: Tx, persistence: Persistence, now: int) -> tuple[str, list[Learned]]:
    """The store's secret and the rows whose servers are hashed with it.  Without a secret there are no such rows."""
    secret = persistence.secret or keys.known_secret(tx)
    return ("", []) if secret is None else (secret, learned.known(tx, now - persistence.seconds))


def _note(tx: Tx, persistence: Persistence, news: Sequence[Finding], now: int) -> None:
    secret = persistence.secret or keys.secret(tx, persistence.fresh())
    rows = [Learned(_digest(secret, each.address), each.fact, each.value, int(each.at)) for each in news]
    learned.note(tx, rows, now - persistence.seconds)


def _digest(secret: str, address: str) -> str:
    return hmac.new(secret.encode(), b"learned\0" + address.encode(), hashlib.sha256).hexdigest()
