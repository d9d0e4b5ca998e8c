"""The Assistants API's objects as they were sent: every key, in the recorded order, with its default.

Where the recordings and the published schema disagree each object carries both (a message read over REST had no
``status``, the schema requires one): one shape, a superset that the schema's validators and the recordings' readers
both accept. Times are whole seconds since the epoch.
"""

from typing import Final

from shim.wire.types import Json

#: Seconds after its creation at which an unfinished run expires: 806 of 806 recorded runs.
RUN_LIFETIME: Final = 600


def assistant(id: str, now: int, fields: Json) -> Json:
    """An assistant: the defaults, overridden by the request's fields."""
    return {
        "id": id,
        "object": "assistant",
        "created_at": now,
        "name": None,
        "description": None,
        "model": None,
        "instructions": None,
        "tools": [],
        "top_p": 1.0,
        "temperature": 1.0,
        "reasoning_effort": None,
        "tool_resources": {},
        "metadata": {},
        "response_format": "auto",
    } | fields


def thread(id: str, now: int, fields: Json) -> Json:
    """A thread: the defaults, overridden by the request's fields (``metadata``, ``tool_resources``)."""
    return {"id": id, "object": "thread", "created_at": now, "metadata": {}, "tool_resources": {}} | fields


def message(id: str, now: int, thread_id: str, role: str) -> Json:
    """A message that was posted by a request: completed, made by no run."""
    return {
        "id": id,
        "object": "thread.message",
        "created_at": now,
        "assistant_id": None,
        "thread_id": thread_id,
        "run_id": None,
        "status": "completed",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": now,
        "role": role,
        "content": [],
        "attachments": [],
        "metadata": {},
    }


def answer(id: str, now: int, run: Json) -> Json:
    """A message that a run is writing."""
    return message(id, now, run["thread_id"], "assistant") | {
        "assistant_id": run["assistant_id"],
        "run_id": run["id"],
        "status": "in_progress",
        "completed_at": None,
    }


def run(id: str, now: int, thread_id: str, assistant_id: str, lifetime: int = RUN_LIFETIME) -> Json:
    """A run that has not started: queued, expiring in ``lifetime`` seconds."""
    return {
        "id": id,
        "object": "thread.run",
        "created_at": now,
        "assistant_id": assistant_id,
        "thread_id": thread_id,
        "status": "queued",
        "started_at": None,
        "expires_at": now + lifetime,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": None,
        "required_action": None,
        "last_error": None,
        "model": None,
        "instructions": "",
        "tools": [],
        "tool_resources": {},
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "reasoning_effort": None,
        "max_completion_tokens": None,
        "max_prompt_tokens": None,
        "truncation_strategy": {"type": "auto", "last_messages": None},
        "incomplete_details": None,
        "usage": None,
        "response_format": "auto",
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }


def step(id: str, now: int, run: Json, details: Json) -> Json:
    """A step that has started; ``details`` contains its type."""
    return {
        "id": id,
        "object": "thread.run.step",
        "created_at": now,
        "run_id": run["id"],
        "assistant_id": run["assistant_id"],
        "thread_id": run["thread_id"],
        "type": details["type"],
        "status": "in_progress",
        "cancelled_at": None,
        "completed_at": None,
        "expires_at": run["expires_at"],
        "expired_at": None,
        "failed_at": None,
        "last_error": None,
        "step_details": details,
        "usage": None,
        "metadata": {},
    }


def usage(prompt: int = 0, completion: int = 0, cached: int = 0, reasoning: int = 0) -> Json:
    """Tokens, with the API's names: ``prompt_token_details``, but ``completion_tokens_details``."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_token_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def add_usage(one: Json, two: Json) -> Json:
    """The sum of two usage objects."""
    return usage(
        one["prompt_tokens"] + two["prompt_tokens"],
        one["completion_tokens"] + two["completion_tokens"],
        one["prompt_token_details"]["cached_tokens"] + two["prompt_token_details"]["cached_tokens"],
        one["completion_tokens_details"]["reasoning_tokens"] + two["completion_tokens_details"]["reasoning_tokens"],
    )


def file(id: str, now: int, filename: str, size: int) -> Json:
    """A file that code interpreter wrote, of ``size`` bytes."""
    return {
        "object": "file",
        "id": id,
        "purpose": "assistants_output",
        "filename": filename,
        "bytes": size,
        "created_at": now,
        "expires_at": None,
        "status": "processed",
        "status_details": None,
    }


def deleted(kind: str, id: str) -> Json:
    """The answer to a deletion; ``kind`` is the object's name, for example ``thread.message``."""
    return {"id": id, "object": f"{kind}.deleted", "deleted": True}


def modified(message: Json) -> Json:
    """A message as the answer to its modification: with ``file_ids``, which came before ``metadata``."""
    shown = {key: value for key, value in message.items() if key != "metadata"}
    return shown | {"file_ids": [], "metadata": message["metadata"]}


def as_streamed(thing: Json) -> Json:
    """A run or thread as a stream shows it: without resources it has an empty list of files (115 of 115 recorded)."""
    return thing if thing["tool_resources"] else thing | {"tool_resources": {"code_interpreter": {"file_ids": []}}}


def step_shown(step: Json, contents: bool, ended: bool = False) -> Json:
    """A step as it is shown: search results without their contents unless ``contents``, no expiry after the run has
    ``ended``.
    """
    if ended and step["expires_at"] is not None:
        step = step | {"expires_at": None}
    details = step["step_details"]
    if contents or not any("file_search" in call for call in details.get("tool_calls") or ()):
        return step
    calls = [_without_contents(call) for call in details["tool_calls"]]
    return step | {"step_details": details | {"tool_calls": calls}}


def _without_contents(call: Json) -> Json:
    results = [
        {key: value for key, value in result.items() if key != "content"} for result in call["file_search"]["results"]
    ]
    return call | {"file_search": call["file_search"] | {"results": results}}
