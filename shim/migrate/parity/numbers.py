"""Formats the numbers of a comparison.  An unknown number is shown as unknown, never as 0."""

from shim.migrate.parity.results import Summary

UNKNOWN = "unknown"


def count(number: int, what: str) -> str:
    """``1 turn``, ``2 turns``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def dollars(value: float | None) -> str:
    """Four decimals for small amounts, two for large ones."""
    if value is None:
        return UNKNOWN
    return f"${value:,.2f}" if value >= 10 else f"${value:.4f}" if value >= 0.001 or not value else f"${value:.6f}"


def seconds(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, int):
        return f"{value} s"
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def spread(value: dict[str, float] | None) -> str:
    """The values p50 and p95."""
    return UNKNOWN if value is None else f"{seconds(value['p50'])} / {seconds(value['p95'])}"


def cost(summary: Summary) -> str:
    """A cost; if a part of the sum is unknown, it is shown as at least the known part."""
    known = dollars(summary.cost)
    return f"≥ {known}" if summary.cost is not None and summary.cost_unknown else known


def tokens(summary: Summary, kind: str) -> str:
    """The sum of one kind of tokens."""
    count = None if summary.tokens is None else getattr(summary.tokens, kind)
    return f"≥ {number(count)}" if count is not None and summary.tokens_unknown else number(count)
