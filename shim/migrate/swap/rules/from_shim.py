"""Back: ``from shim import OpenAI`` becomes ``from openai import OpenAI``."""

from importlib.util import find_spec

import libcst as cst
import openai

from shim.migrate.swap.facts import Facts, dotted, names
from shim.migrate.swap.rules.statements import Left, renamed


def rewrite(node: cst.Import | cst.ImportFrom, facts: Facts) -> cst.ImportFrom | Left | None:
    """Names that `openai` does not have are not changed."""
    if not isinstance(node, cst.ImportFrom) or node.relative:
        return None
    root, _, rest = dotted(node.module).partition(".")
    if root != "shim":
        return None
    if rest:
        return renamed(node, f"openai.{rest}") if _is_module(f"openai.{rest}") else Left(f"openai has no module {rest}")
    shim_names = [name for name in names(node) if name != "*" and not hasattr(openai, name)]
    return Left(f"openai has no {', '.join(shim_names)}") if shim_names else renamed(node, "openai")


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
