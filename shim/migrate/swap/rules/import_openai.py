"""``import openai`` becomes ``import shim as openai``, and ``import openai as o`` becomes ``import shim as o``."""

import libcst as cst

from shim.migrate.swap.facts import Facts, dotted
from shim.migrate.swap.rules.statements import Left, called, replaced


def rewrite(node: cst.Import | cst.ImportFrom, facts: Facts) -> cst.Import | Left | None:
    """If only exceptions, types and the like of the module are used, the statement is not changed."""
    if not isinstance(node, cst.Import):
        return None
    alias = next((each for each in node.names if dotted(each.name) == "openai"), None)
    if alias is None:
        return None
    name = (
        dotted(alias.asname.name) if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else "openai"
    )
    if not facts.needs(name):
        return None
    if name == "openai" and facts.dotted:
        others = ", ".join(sorted(facts.dotted))
        return Left(f"`import {others}` binds the name `openai`, too; give it a name of its own (`import … as …`)")
    return replaced(node, alias, called(alias, "shim", name))
