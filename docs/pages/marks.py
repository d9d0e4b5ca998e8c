"""Markdown, as far as the pages need it."""

from collections.abc import Iterable, Sequence


def code(text: object) -> str:
    """Text as code in a table's cell."""
    shown = str(text).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def cell(text: str) -> str:
    """Any text in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([f"# {title}", *(part.strip() for part in parts)]) + "\n"


def first_line(documented: object) -> str:
    """The first sentence or line of a docstring."""
    return cell((documented.__doc__ or "").strip().split("\n\n")[0])
