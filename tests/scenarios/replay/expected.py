"""The expected result, computed only from the last event of a recording.

No tested code is imported here: otherwise an error in it could also be in the expectation.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

#: Items that an Assistants user can see, and their form in the old API.
COUNTERPART = {
    "message": "a message_creation step and a message",
    "function_call": "a call in required_action and in a tool_calls step",
    "file_search_call": "a tool_calls step",
    "code_interpreter_call": "a tool_calls step",
}
#: Items and annotations without a counterpart in the Assistants API, and how the shim intentionally handles them.
NO_COUNTERPART = {
    "reasoning": "no step; its tokens are in the run's usage",
    "web_search_call": "no step; the message contains what was found",
    "image_generation_call": "no step; the message contains the text about the picture",
    "mcp_list_tools": "no step",
    "mcp_call": "no step; the message contains its answer",
    "url_citation": "no annotation; the link stands in the text",
}
ANNOTATIONS = {"file_citation": "a marker in the text with its annotation", "container_file_citation": "a file_path"}


@dataclass(frozen=True)
class Message:
    text: str
    refusal: str
    annotations: tuple[Json, ...]

    def of(self, kind: str) -> list[Json]:
        return [note for note in self.annotations if note["type"] == kind]

    @property
    def cited(self) -> list[str]:
        """File ids in the order of their positions in the text."""
        return [note["file_id"] for note in sorted(self.of("file_citation"), key=lambda note: note["index"])]

    @property
    def linked(self) -> list[str]:
        """The targets of links to generated files, as they occur in the text: ``sandbox:/mnt/data/...``."""
        made = self.of("container_file_citation")
        return [self.text[note["start_index"] : note["end_index"]] for note in made if note["end_index"]]


@dataclass(frozen=True)
class Expected:
    status: str
    messages: tuple[Message, ...]
    #: (call id, name, arguments) of every call for which the program must submit an output.
    calls: tuple[tuple[str, str, str], ...]
    #: Calls that are incomplete because the response ended.
    cut_calls: tuple[str, ...]
    #: Type of the hosted tool -> how often it was called.
    hosted: Counter[str]
    usage: Json | None
    error: Json | None
    reason: str | None

    @property
    def run_status(self) -> str:
        """The run's status when the stream ends."""
        return "requires_action" if self.calls else self.status


def message(item: Json) -> Message:
    parts = item["content"]
    return Message(
        "".join(part["text"] for part in parts if part["type"] == "output_text"),
        "".join(part["refusal"] for part in parts if part["type"] == "refusal"),
        tuple(note for part in parts for note in part.get("annotations") or []),
    )


def usage(recorded: Json | None) -> Json | None:
    """The usage with the field names of the Assistants API."""
    if recorded is None:
        return None
    return {
        "prompt_tokens": recorded["input_tokens"],
        "completion_tokens": recorded["output_tokens"],
        "total_tokens": recorded["total_tokens"],
        "prompt_token_details": {"cached_tokens": (recorded.get("input_tokens_details") or {}).get("cached_tokens", 0)},
        "completion_tokens_details": {
            "reasoning_tokens": (recorded.get("output_tokens_details") or {}).get("reasoning_tokens", 0)
        },
    }


def total(*usages: Json | None) -> Json:
    """The sum of several usages: a run's is that of its responses."""
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    parts = [each for each in usages if each]
    return {name: sum(each[name] for each in parts) for name in names} | {
        "prompt_token_details": {"cached_tokens": sum(e["prompt_token_details"]["cached_tokens"] for e in parts)},
        "completion_tokens_details": {
            "reasoning_tokens": sum(e["completion_tokens_details"]["reasoning_tokens"] for e in parts)
        },
    }


def expect(response: Json) -> Expected:
    """From the ``response`` object of ``response.completed``, ``.incomplete`` or ``.failed``."""
    items = response["output"]
    calls = [item for item in items if item["type"] == "function_call"]
    whole = [item for item in calls if response["status"] == "completed" and item.get("status") != "incomplete"]
    return Expected(
        status=response["status"],
        messages=tuple(message(item) for item in items if item["type"] == "message"),
        calls=tuple((item["call_id"], item["name"], item["arguments"]) for item in whole),
        cut_calls=tuple(item["call_id"] for item in calls if item not in whole),
        hosted=Counter(item["type"] for item in items if item["type"] not in ("message", "function_call", "reasoning")),
        usage=usage(response.get("usage")),
        error=response.get("error"),
        reason=(response.get("incomplete_details") or {}).get("reason"),
    )
