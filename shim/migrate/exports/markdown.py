"""A thread as readable text: messages, function calls, files."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from time import gmtime, strftime
from typing import Final

from shim.wire.types import Json


def written(objects: Sequence[Json]) -> str:
    """The text; ``objects`` are a thread, its messages, its runs and their steps."""
    thread, *rest = objects
    steps: defaultdict[str, list[Json]] = defaultdict(list)
    for each in rest:
        if each["object"] == "thread.run.step":
            steps[each["run_id"]].append(each)
    parts = [f"# {thread['id']}", f"Created {_moment(thread['created_at'])}."]
    parts += [f"- {name}: {value}" for name, value in (thread["metadata"] or {}).items()]
    for each in rest:
        if each["object"] == "thread.message":
            parts += [call for step in steps.pop(each["run_id"] or "", []) for call in _calls(step)]
            parts += [f"## {each['role']}, {_moment(each['created_at'])}", *_content(each)]
    parts += [call for left in steps.values() for step in left for call in _calls(step)]
    runs = [each for each in rest if each["object"] == "thread.run" and each["status"] != "completed"]
    parts += [f"*{run['id']} ended {run['status']}: {(run['last_error'] or {}).get('message', '')}*" for run in runs]
    return "\n\n".join(parts) + "\n"


def _moment(seconds: int) -> str:
    return strftime("%Y-%m-%d %H:%M UTC", gmtime(seconds))


def _content(message: Json) -> Iterator[str]:
    for part in message["content"]:
        yield PARTS[part["type"]](part) if part["type"] in PARTS else f"[{part['type']}]"
    for file in message["attachments"] or []:
        yield f"Attached: `{file['file_id']}`"


def _text(part: Json) -> str:
    text = part["text"]
    notes = [f"- {note['text']}: {_source(note)}" for note in text["annotations"]]
    return "\n".join([text["value"], *(["", *notes] if notes else [])])


def _source(note: Json) -> str:
    about = note.get(note["type"]) or {}
    return f"`{about.get('file_id') or about.get('url') or note['type']}`"


PARTS: Final[dict[str, Callable[[Json], str]]] = {
    "text": _text,
    "refusal": lambda part: f"(refused) {part['refusal']}",
    "image_file": lambda part: f"[image `{part['image_file']['file_id']}`]",
    "image_url": lambda part: f"![image]({part['image_url']['url']})",
}


def _calls(step: Json) -> Iterator[str]:
    for call in step["step_details"].get("tool_calls") or []:
        line = CALLS[call["type"]](call) if call["type"] in CALLS else f"called `{call['type']}`"
        yield "> " + line.replace("\n", "\n> ")


def _function(call: Json) -> str:
    function = call["function"]
    return f"called `{function['name']}({function['arguments']})`, which gave: {function['output'] or 'nothing'}"


CALLS: Final[dict[str, Callable[[Json], str]]] = {
    "function": _function,
    "code_interpreter": lambda call: f"ran\n```\n{call['code_interpreter']['input']}\n```",
    "file_search": lambda call: f"searched: {len((call['file_search'] or {}).get('results') or [])} results",
}
