"""Back: ``import shim as openai`` becomes ``import openai``, ``import shim as o`` becomes ``import openai as o``."""

import libcst as cst

from shim.migrate.swap.facts import Facts, dotted
from shim.migrate.swap.rules.statements import Left, called, replaced


def rewrite(node: cst.Import | cst.ImportFrom, facts: Facts) -> cst.Import | Left | None:
    """``import shim`` is not changed: it is used for names that `openai` does not have (``shim.install()``)."""
    if not isinstance(node, cst.Import):
        return None
    alias = next((each for each in node.names if dotted(each.name) == "shim"), None)
    if alias is None or alias.asname is None or not isinstance(alias.asname.name, cst.Name):
        return None
    return replaced(node, alias, called(alias, "openai", alias.asname.name.value))
