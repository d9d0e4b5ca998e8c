"""The texts of the sandbox: answers that quote what it received."""

import json
from typing import Any, Final

from shim.sandbox.memory.resources import parts
from shim.sandbox.planning import sample
from shim.sandbox.shapes import items
from shim.wire.types import Json

REFUSAL: Final = "I'm sorry, I can't assist with that."
SUMMARY: Final = "**Following the rules**\n\nI look for names and words in the last message and do what they ask."
#: How many characters of an earlier text, and of the answered message, are quoted.  Without a limit a conversation
#: would double with every turn, as every answer quotes the earlier ones.
EARLIER: Final = 200
ANSWERED: Final = 2000


def in_json(body: Json) -> bool:
    """Whether the answer has to be JSON."""
    return ((body.get("text") or {}).get("format") or {}).get("type") in ("json_schema", "json_object")


def text(context: list[Json], body: Json, essay: int | None = None) -> str:
    """The answer's text: an essay, JSON for ``text.format``, or quotations of the conversation."""
    if essay is not None:
        return " ".join(f"word{number}" for number in range(1, essay + 1))
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        return _dumped(sample.value(form["schema"], form["name"]))
    if form.get("type") == "json_object":
        return _dumped({"answer": _known(context, body)})
    return _known(context, body)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _known(context: list[Json], body: Json) -> str:
    last_user = _last_user(context)
    sentences = (
        [*_outputs(context[last_user + 1 :], context)] if last_user is not None else [*_outputs(context, context)]
    )
    if last_user is not None:
        sentences.append(f'You said "{_short(items.text(context[last_user]), ANSWERED)}".')
    if body.get("instructions"):
        sentences.append(f'My instructions are "{_short(body["instructions"], EARLIER)}".')
    sentences += _seen(context)
    sentences += _earlier(context, last_user)
    return " ".join(sentences) or "Nothing was said."


#: Kinds of content parts that are counted, with the word for one and the fields where its source may stand.
_ATTACHED: Final = {
    "input_image": ("image", ("file_id", "image_url")),
    "input_file": ("file", ("filename", "file_id", "file_url")),
}


def _seen(context: list[Json]) -> list[str]:
    """The number of images and files in the conversation, and their sources; for data URLs their length."""
    sentences = []
    for kind, (noun, fields) in _ATTACHED.items():
        matching = [part for item in context for _, part in parts(item) if part["type"] == kind]
        sources = [next((part[field] for field in fields if part.get(field)), "data") for part in matching]
        if matching:
            listed = ", ".join(_address(source) for source in sources)
            sentences.append(f"I see {len(matching)} {noun}{'s' * (len(matching) > 1)}: {listed}.")
    return sentences


def _address(source: str) -> str:
    return f"{source.partition(',')[0]} of {len(source)} characters" if source.startswith("data:") else source


def _last_user(context: list[Json]) -> int | None:
    indices = [index for index, item in enumerate(context) if item["type"] == "message" and item["role"] == "user"]
    return indices[-1] if indices else None


def _outputs(since: list[Json], context: list[Json]) -> list[str]:
    names = {item["call_id"]: item["name"] for item in context if item["type"] == "function_call"}
    return [
        f'{names[item["call_id"]]} returned "{_short(items.output_text(item), ANSWERED)}".'
        for item in since
        if item["type"] == "function_call_output"
    ]


def _earlier(context: list[Json], last_user: int | None) -> list[str]:
    """Every other text with its role, oldest first, including tool outputs of earlier questions."""
    sentences = []
    for index, item in enumerate(context):
        if index == last_user:
            continue
        if item["type"] == "message":
            sentences.append(f'{item["role"]} said "{_short(items.text(item), EARLIER)}"')
        elif item["type"] == "function_call_output" and last_user is not None and index < last_user:
            sentences.append(f'a tool returned "{_short(items.output_text(item), EARLIER)}"')
    return [f"Earlier {', '.join(sentences)}."] if sentences else []


def _short(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else f"{text[:max_length]}…"
