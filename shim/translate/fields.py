"""What happens to every field of a request that starts a run: one row each, for the documentation and the tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

#: ``carried``: sent under the same name.  ``renamed``: sent under another name.  ``approximated``: upstream has nothing
#: with the same effect.  ``kept``: not sent.
Kind = Literal["carried", "renamed", "approximated", "kept"]


@dataclass(frozen=True, slots=True)
class Handling:
    """``to``: the fields of the request to upstream that contain it.  ``how``: a sentence for the documentation.

    ``back``: a path in the request to upstream, and the path in the caller's request that it came from, to translate
    errors.  A path that ends in ``*`` also stands for all paths below it.
    """

    kind: Kind
    how: str
    to: tuple[str, ...] = ()
    back: Mapping[str, str] = field(default_factory=dict)


def _same(*paths: str) -> dict[str, str]:
    return {path: path for path in paths}


#: The fields of ``POST /threads/{thread_id}/runs`` and of ``POST /threads/runs``.
FIELDS: Final[dict[str, Handling]] = {
    "assistant_id": Handling(
        "kept", "The assistant whose settings are used for every field that the request leaves out."
    ),
    "model": Handling(
        "carried",
        "Unchanged, or replaced by its successor in the table of retired models.",
        ("model",),
        _same("model"),
    ),
    "instructions": Handling(
        "carried",
        "Sent with every call of the run, as upstream does not repeat them.",
        ("instructions",),
        _same("instructions"),
    ),
    "additional_instructions": Handling(
        "renamed", "Joined to the instructions with a line break; the run shows the result.", ("instructions",)
    ),
    "additional_messages": Handling("renamed", "Added to the thread, then sent like its other messages.", ("input",)),
    "thread": Handling("renamed", "Stored; its messages are sent, its metadata is not.", ("input",)),
    "tools": Handling(
        "carried",
        "Each function gets `strict`, each hosted tool its files or vector stores.",
        ("tools", "include"),
        _same("tools"),
    ),
    "tool_resources": Handling("renamed", "Each hosted tool is sent with its files or vector stores.", ("tools",)),
    "tool_choice": Handling(
        "carried",
        "A forced choice is sent until the model has followed it once in the run.",
        ("tool_choice",),
        _same("tool_choice", "tool_choice.type") | {"tool_choice.name": "tool_choice.function.name"},
    ),
    "parallel_tool_calls": Handling(
        "carried", "Sent only if it is false.", ("parallel_tool_calls",), _same("parallel_tool_calls")
    ),
    "temperature": Handling(
        "carried", "Sent unless it is 1, or the model has refused it.", ("temperature",), _same("temperature")
    ),
    "top_p": Handling("carried", "Sent unless it is 1, or the model has refused it.", ("top_p",), _same("top_p")),
    "reasoning_effort": Handling(
        "renamed",
        "Sent as `reasoning.effort`, unless another model answers and refuses it.",
        ("reasoning",),
        {"reasoning": "reasoning_effort", "reasoning.effort": "reasoning_effort"},
    ),
    "response_format": Handling(
        "renamed",
        "Sent as `text.format`; a schema loses one level of nesting.",
        ("text",),
        {
            "text": "response_format",
            "text.format": "response_format",
            "text.format.type": "response_format.type",
            "text.format.name": "response_format.json_schema.name",
            "text.format.description": "response_format.json_schema.description",
            "text.format.schema*": "response_format.json_schema.schema*",
            "text.format.strict": "response_format.json_schema.strict",
        },
    ),
    "max_completion_tokens": Handling(
        "renamed",
        "Each round gets the tokens that the earlier rounds left; with fewer than 16 left the run ends incomplete.",
        ("max_output_tokens",),
        {"max_output_tokens": "max_completion_tokens"},
    ),
    "max_prompt_tokens": Handling(
        "approximated",
        "Each round gets the tokens that the earlier rounds left, and leaves out older messages if necessary; where "
        "not even the last message fits, the run ends incomplete. Upstream counts the tokens; else they are estimated.",
        ("input",),
    ),
    "truncation_strategy": Handling(
        "approximated",
        "With `auto` the server truncates; where it cannot, the run is tried a second time with fewer messages. "
        "`last_messages` sends only that many messages.",
        ("truncation", "input"),
        {"truncation": "truncation_strategy"},
    ),
    "metadata": Handling(
        "carried", "Unchanged: none of our own keys are added.", ("metadata",), {"metadata*": "metadata*"}
    ),
    "stream": Handling("kept", "Decides the form of the answer to the caller, not of the request to upstream."),
    "include": Handling(
        "kept",
        "Results of file searches are always requested; steps show them only if this field asks for them.",
    ),
}
#: The fields of a message that is posted, alone or with a thread or a run.
MESSAGE: Final[dict[str, Handling]] = {
    "role": Handling("carried", "The role of the input item.", ("input",), _same("role")),
    "content": Handling(
        "renamed", "Its parts become `input_text` and `input_image`, or `output_text`.", ("input",), _same("content")
    ),
    "attachments": Handling("renamed", "Its files are added to the files of the thread's tools.", ("tools",)),
    "metadata": Handling("kept", "Shown with the message."),
}
#: A part of a message by its type: paths in the part upstream, and in the caller's.
PARTS: Final[dict[str, dict[str, str]]] = {
    "text": _same("type", "text"),
    "image_url": _same("type") | {"image_url": "image_url.url", "detail": "image_url.detail"},
    "image_file": _same("type") | {"file_id": "image_file.file_id", "detail": "image_file.detail"},
}
#: The same for a tool's output; some outputs are approvals of a call.
OUTPUT: Final[dict[str, str]] = _same("output") | {
    "call_id": "tool_call_id",
    "approval_request_id": "tool_call_id",
    "approve": "output",
}
#: Fields of a request to upstream that come from no field of the caller's.
OURS: Final[dict[str, str]] = {
    "store": "Always sent, as its default differs between organisations.",
    "stream": "`true`, as a run is stored while the answer arrives; `false` where the model has refused to stream.",
    "previous_response_id": "The last response of the thread's chain, or of the run's previous round.",
}
