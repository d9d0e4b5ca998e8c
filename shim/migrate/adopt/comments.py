"""Blanks comments, so that what a program does not do any more is not taken for what it does."""

import io
import re
import tokenize
from typing import Final

#: Comments by the ending of a file; a comment behind code needs a blank before and after its sign, as addresses do not
#: have them.
_SLASHES: Final = re.compile(r"^[ \t]*(?://|/?\*).*$|(?<=\s)// .*$", re.MULTILINE)
_HASHES: Final = re.compile(r"^[ \t]*\"?#.*$|(?<=\s)# .*$", re.MULTILINE)
SIGNS: Final = {
    **dict.fromkeys(
        (
            "js",
            "jsx",
            "mjs",
            "cjs",
            "ts",
            "tsx",
            "vue",
            "svelte",
            "go",
            "php",
            "java",
            "kt",
            "cs",
            "rs",
            "swift",
            "dart",
        ),
        _SLASHES,
    ),
    **dict.fromkeys(("ipynb", "rb", "sh", "env", "yaml", "yml", "toml", "tf", "tfvars", "py"), _HASHES),
}


def blanked(text: str, ending: str) -> str:
    """A file's text with blanks for its comments; every other character stays where it is."""
    if ending == "py":
        try:
            return _python(text)
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass
    sign = SIGNS.get(ending)
    return text if sign is None else sign.sub(lambda match: " " * len(match[0]), text)


def _python(text: str) -> str:
    """Python's own reader knows which signs stand in a string."""
    lines = io.StringIO(text).readlines()
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.COMMENT:
            (row, start), line = token.start, lines[token.start[0] - 1]
            lines[row - 1] = line[:start] + " " * len(token.string) + line[start + len(token.string) :]
    return "".join(lines)
