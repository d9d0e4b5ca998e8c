"""``from openai import OpenAI`` becomes ``from shim import OpenAI``, with all other names of the statement."""

import libcst as cst

from shim.migrate.swap.facts import CLIENTS, Facts, dotted, names
from shim.migrate.swap.rules.statements import Left, renamed


def rewrite(node: cst.Import | cst.ImportFrom, facts: Facts) -> cst.ImportFrom | Left | None:
    """A statement without a client is not changed: its names are the same objects in both modules."""
    if not isinstance(node, cst.ImportFrom) or node.relative or dotted(node.module) != "openai":
        return None
    taken = names(node)
    wanted = taken == ["*"] or "beta" in taken or not CLIENTS.isdisjoint(taken)
    return renamed(node, "shim") if wanted else None
