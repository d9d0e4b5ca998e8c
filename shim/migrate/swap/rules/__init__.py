"""The rules: one file each.  A rule takes an import statement and returns a new one, or why it is not changed, or that
it does not apply.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import libcst as cst

from shim.migrate.swap.facts import Facts
from shim.migrate.swap.rules import (
    from_openai,
    from_shim,
    import_openai,
    import_shim,
    private_modules,
)
from shim.migrate.swap.rules.statements import Left

Statement: TypeAlias = cst.Import | cst.ImportFrom
Rule: TypeAlias = Callable[[Statement, Facts], Statement | Left | None]

#: The first rule that applies is used.
SWAP: Final[tuple[Rule, ...]] = (from_openai.rewrite, import_openai.rewrite, private_modules.rewrite)
UNDO: Final[tuple[Rule, ...]] = (from_shim.rewrite, import_shim.rewrite)

__all__ = ["SWAP", "UNDO", "Left", "Rule", "Statement"]
