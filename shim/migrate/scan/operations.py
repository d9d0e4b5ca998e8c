"""The SDK's methods of the Assistants API and their parameters; a test compares them with the installed SDK."""

from typing import Final

#: Parameters that an assistant and a run have in common.
_COMMON: Final = frozenset(
    {"model", "instructions", "metadata", "reasoning_effort", "response_format", "temperature", "tools", "top_p"}
)
_LIMITS: Final = frozenset({"max_completion_tokens", "max_prompt_tokens", "truncation_strategy"})
_CHOICE: Final = frozenset({"tool_choice", "parallel_tool_calls"})
_RUN: Final = (
    _COMMON
    | _LIMITS
    | _CHOICE
    | {"thread_id", "assistant_id", "include", "additional_instructions", "additional_messages"}
)
_BEGUN: Final = (_COMMON - {"reasoning_effort"}) | _LIMITS | _CHOICE | {"assistant_id", "thread", "tool_resources"}
_POLLED: Final = frozenset({"poll_interval_ms"})
_HANDLED: Final = frozenset({"event_handler"})
_STREAM: Final = frozenset({"stream"})
_PAGE: Final = frozenset({"after", "before", "limit", "order"})
_ASSISTANT: Final = _COMMON | {"name", "description", "tool_resources"}
_SUBMIT: Final = frozenset({"thread_id", "run_id", "tool_outputs"})
_IN_THREAD: Final = frozenset({"thread_id"})
_OF_RUN: Final = frozenset({"thread_id", "run_id"})
_MESSAGE: Final = frozenset({"thread_id", "message_id"})

#: Parameters that every method of the SDK has in addition.
ALWAYS: Final = frozenset({"extra_headers", "extra_query", "extra_body", "timeout", "self"})

#: A method, by its name below ``client.beta``: the names of its parameters.
OPERATIONS: Final[dict[str, frozenset[str]]] = {
    "assistants.create": _ASSISTANT,
    "assistants.delete": frozenset({"assistant_id"}),
    "assistants.list": _PAGE,
    "assistants.retrieve": frozenset({"assistant_id"}),
    "assistants.update": _ASSISTANT | {"assistant_id"},
    "threads.create": frozenset({"messages", "metadata", "tool_resources"}),
    "threads.create_and_run": _BEGUN | _STREAM,
    "threads.create_and_run_poll": _BEGUN | _POLLED,
    "threads.create_and_run_stream": _BEGUN | _HANDLED,
    "threads.delete": _IN_THREAD,
    "threads.retrieve": _IN_THREAD,
    "threads.update": frozenset({"thread_id", "metadata", "tool_resources"}),
    "threads.messages.create": frozenset({"thread_id", "content", "role", "attachments", "metadata"}),
    "threads.messages.delete": _MESSAGE,
    "threads.messages.list": _PAGE | _OF_RUN,
    "threads.messages.retrieve": _MESSAGE,
    "threads.messages.update": _MESSAGE | {"metadata"},
    "threads.runs.cancel": _OF_RUN,
    "threads.runs.create": _RUN | _STREAM,
    "threads.runs.create_and_poll": _RUN | _POLLED,
    "threads.runs.create_and_stream": (_RUN | _HANDLED) - {"include"},
    "threads.runs.list": _PAGE | _IN_THREAD,
    "threads.runs.poll": _OF_RUN | _POLLED,
    "threads.runs.retrieve": _OF_RUN,
    "threads.runs.stream": _RUN | _HANDLED,
    "threads.runs.submit_tool_outputs": _SUBMIT | _STREAM,
    "threads.runs.submit_tool_outputs_and_poll": _SUBMIT | _POLLED,
    "threads.runs.submit_tool_outputs_stream": _SUBMIT | _HANDLED,
    "threads.runs.update": _OF_RUN | {"metadata"},
    "threads.runs.steps.list": _PAGE | _OF_RUN | {"include"},
    "threads.runs.steps.retrieve": _OF_RUN | {"step_id", "include"},
}

#: The resources that have these methods.
RESOURCES: Final = frozenset(name.rpartition(".")[0] for name in OPERATIONS)

#: Events of a run's stream.
_STEP: Final = ("created", "in_progress", "delta", "completed", "failed", "cancelled", "expired")
_RUNS: Final = (
    *("created", "queued", "in_progress", "requires_action", "completed", "incomplete", "failed"),
    *("cancelling", "cancelled", "expired"),
)
_MESSAGES: Final = ("created", "in_progress", "delta", "completed", "incomplete")
EVENTS: Final = frozenset(
    [f"thread.run.{name}" for name in _RUNS]
    + [f"thread.run.step.{name}" for name in _STEP]
    + [f"thread.message.{name}" for name in _MESSAGES]
)
