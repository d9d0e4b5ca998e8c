"""Formats times, sizes and items for the pages."""

import json
from datetime import datetime, timezone
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

#: The largest number of characters of a text in a list.
SHORT: Final = 160


def moment(seconds: int | float | None) -> str:
    """A time, in UTC."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def stamp(seconds: int | float) -> str:
    """A time for machines."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace("+00:00", "Z")


def after(seconds: int | None, start: int) -> str:
    """How long after the start something was."""
    return "" if seconds is None else f"+{lasting(seconds - start) if seconds > start else '0 s'}"


def lasting(seconds: int) -> str:
    """A duration."""
    if seconds < 60:
        return f"{seconds} s" if seconds else "under 1 s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def number(count: int | None) -> str:
    """A number with thin spaces between its thousands."""
    return f"{count or 0:,}".replace(",", "\u202f")


def short(text: str, most: int = SHORT) -> str:
    """The beginning of a text, in one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def pretty(value: Any) -> str:
    """Indented JSON.  A text that contains JSON is shown as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
        if not isinstance(value, dict | list):
            return encoding.text(value)
    return encoding.indented(value).decode()


def cut(text: str, words: str) -> tuple[str, str, str]:
    """The part of a text around the words: before them, the words themselves, and after them."""
    flat = " ".join(text.split())
    position = flat.casefold().find(words.casefold())
    if position < 0 or len(flat.casefold()) != len(flat):
        return short(flat), "", ""
    start, end = max(position - 60, 0), position + len(words)
    return (
        ("…" if start else "") + flat[start:position],
        flat[position:end],
        flat[end : end + 100] + ("…" if len(flat) > end + 100 else ""),
    )


def text_of(content: Any) -> str:
    """The text in the content of a message or an item of either API."""
    if isinstance(content, str):
        return content
    return "\n".join(_part(part) for part in content or ())


def _part(part: Json) -> str:
    text = part.get("text")
    if isinstance(text, dict):
        return str(text.get("value", ""))
    if isinstance(text, str):
        return text
    if part.get("type") in ("image_url", "input_image"):
        return f"[image {_address(part)}]"
    if isinstance(part.get("image_file"), dict):
        return f"[image {part['image_file'].get('file_id', '')}]"
    return str(part.get("refusal") or f"[{part.get('type', 'part')}]")


def _address(part: Json) -> str:
    image = part.get("image_url")
    return short(str(image.get("url", "") if isinstance(image, dict) else image or part.get("file_id", "")), 80)


def item(body: Json) -> tuple[str, str]:
    """An item of the Responses API: its kind, and its content in one line."""
    kind = str(body.get("type", "message"))
    if kind == "message":
        return str(body.get("role", "message")), short(text_of(body.get("content")))
    if kind == "function_call":
        return "function_call", short(f"{body.get('name')}({body.get('arguments')})")
    if kind == "function_call_output":
        output = body.get("output")
        return "output", short(output if isinstance(output, str) else text_of(output))
    if kind == "reasoning":
        return "reasoning", short(text_of(body.get("summary"))) or "(not shown)"
    return kind, str(body.get("id") or "")
