"""The programs in the documentation, as readers would copy them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str = "python") -> list[str]:
    """The code of a page, in order; ``page`` is a path from the project's root."""
    return [code for kind, code in _BLOCK.findall((ROOT / page).read_text()) if kind == language]
