"""A complete thread as the old API returned it: every kind of content, runs, steps with outputs, attachments."""

import copy
from typing import Any

Json = dict[str, Any]
THREAD, ASSISTANT = "thread_ExportedExportedExporte", "asst_ExportedExportedExporte1"
RUN, OTHER_RUN = "run_AExportedExportedExport", "run_BExportedExportedExport"
FILE = "file-ExportedPicture"
#: The smallest possible PNG.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
BEGAN = 1_700_000_000


def assistant() -> Json:
    return {
        "id": ASSISTANT,
        "object": "assistant",
        "created_at": BEGAN - 10,
        "name": "Helper",
        "description": None,
        "model": "gpt-4o",
        "instructions": "Be brief.",
        "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}],
        "top_p": 1.0,
        "temperature": 0.5,
        "reasoning_effort": None,
        "tool_resources": {},
        "metadata": {"team": "a"},
        "response_format": "auto",
    }


def thread() -> Json:
    resources = {"code_interpreter": {"file_ids": ["file-ExportedTable"]}}
    return {
        "id": THREAD,
        "object": "thread",
        "created_at": BEGAN,
        "metadata": {"user": "u1"},
        "tool_resources": resources,
    }


def message(number: int, role: str, content: list[Json], run: str | None = None, **more: Any) -> Json:
    """As the REST API returned it: without a status."""
    return {
        "id": f"msg_{number:024d}",
        "object": "thread.message",
        "created_at": BEGAN + number,
        "assistant_id": ASSISTANT if run else None,
        "thread_id": THREAD,
        "run_id": run,
        "role": role,
        "content": content,
        "attachments": [],
        "metadata": {},
        **more,
    }


def text(value: str, annotations: list[Json] | None = None) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": annotations or []}}


CITATION: Json = {
    "type": "file_citation",
    "text": "【4:0†weather.txt】",
    "start_index": 16,
    "end_index": 33,
    "file_citation": {"file_id": "file-ExportedText"},
}
#: The messages, by kind of content.
MESSAGES: dict[str, Json] = {
    "text": message(1, "user", [text("What is the weather in Oslo?")], metadata={"from": "web"}),
    "annotations": message(4, "assistant", [text("It rains in Oslo【4:0†weather.txt】.", [CITATION])], RUN),
    "image_file": message(
        5, "user", [text("And this?"), {"type": "image_file", "image_file": {"file_id": FILE, "detail": "high"}}]
    ),
    "image_url": message(
        6, "user", [{"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}}]
    ),
    "refusal": message(8, "assistant", [{"type": "refusal", "refusal": "I cannot say."}], OTHER_RUN),
    "attachment": message(
        9,
        "user",
        [text("Read that table.")],
        attachments=[{"file_id": "file-ExportedTable", "tools": [{"type": "code_interpreter"}]}],
    ),
}


def messages() -> list[Json]:
    return copy.deepcopy(list(MESSAGES.values()))


def run(id: str = RUN, at: int = 2, status: str = "completed", **more: Any) -> Json:
    return {
        "id": id,
        "object": "thread.run",
        "created_at": BEGAN + at,
        "assistant_id": ASSISTANT,
        "thread_id": THREAD,
        "status": status,
        "started_at": BEGAN + at,
        "expires_at": None,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": BEGAN + at + 2 if status == "completed" else None,
        "required_action": None,
        "last_error": None,
        "model": "gpt-4o",
        "instructions": "Be brief.",
        "tools": assistant()["tools"],
        "metadata": {},
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        **more,
    }


def runs() -> list[Json]:
    return [run(), run(OTHER_RUN, 7)]


CALL: Json = {
    "id": "call_ExportedCall",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}', "output": "rain, 7 degrees"},
}


def step(number: int, details: Json, run: str = RUN, at: int = 3) -> Json:
    return {
        "id": f"step_{number:024d}",
        "object": "thread.run.step",
        "created_at": BEGAN + at,
        "run_id": run,
        "assistant_id": ASSISTANT,
        "thread_id": THREAD,
        "type": details["type"],
        "status": "completed",
        "cancelled_at": None,
        "completed_at": BEGAN + at,
        "failed_at": None,
        "last_error": None,
        "step_details": details,
        "usage": None,
    }


def _made(number: int, of: Json) -> Json:
    return step(number, {"type": "message_creation", "message_creation": {"message_id": of["id"]}}, of["run_id"], 4)


def steps() -> list[Json]:
    called = step(1, {"type": "tool_calls", "tool_calls": [CALL]})
    return copy.deepcopy([called, _made(2, MESSAGES["annotations"]), _made(3, MESSAGES["refusal"])])


def everything() -> list[Json]:
    return [assistant(), thread(), *messages(), *runs(), *steps()]
