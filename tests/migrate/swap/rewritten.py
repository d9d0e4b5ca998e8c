"""A program with some rules applied, for the tests of the rules."""

import textwrap
from collections.abc import Sequence

from shim.migrate.swap import rewriter
from shim.migrate.swap.rules import SWAP, Rule


def swapped(code: str, rules: Sequence[Rule] = SWAP) -> str:
    """The new text."""
    return rewriter.rewrite(rewriter.parse(textwrap.dedent(code)), rules).module.code


def notes(code: str, rules: Sequence[Rule] = SWAP) -> list[tuple[int, str]]:
    """Parts that were left unchanged, with their lines."""
    made = rewriter.rewrite(rewriter.parse(textwrap.dedent(code)), rules)
    return [(each.line, each.why) for each in made.notes]
