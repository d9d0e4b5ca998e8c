"""``from openai.lib.azure import AzureOpenAI``: clients from modules that the SDK does not document."""

import libcst as cst

from shim.migrate.swap.facts import CLIENTS, Facts, dotted, names
from shim.migrate.swap.rules.statements import Left, renamed


def rewrite(node: cst.Import | cst.ImportFrom, facts: Facts) -> cst.ImportFrom | Left | None:
    """A statement with only clients is changed; one with other names as well is reported."""
    if not isinstance(node, cst.ImportFrom) or node.relative or not dotted(node.module).startswith("openai."):
        return None
    taken = set(names(node))
    if taken.isdisjoint(CLIENTS):
        return None
    if taken <= CLIENTS:
        return renamed(node, "shim")
    others = ", ".join(sorted(taken - CLIENTS))
    return Left(f"it takes clients and {others} in one statement from a private module; write two statements")
