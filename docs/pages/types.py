"""The Assistants API in the SDK's own types: fields of requests, keys of answers, names of events."""

import importlib
from typing import Any, Final, get_args

import typing_extensions
from openai.types.beta import Assistant, AssistantDeleted, AssistantStreamEvent, Thread
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep

from shim.wire import objects

Json = dict[str, Any]

#: Operation: the module and the name of its parameters' type.
PARAMS: Final = {
    "assistants.create": ("assistant_create_params", "AssistantCreateParams"),
    "assistants.update": ("assistant_update_params", "AssistantUpdateParams"),
    "assistants.list": ("assistant_list_params", "AssistantListParams"),
    "threads.create": ("thread_create_params", "ThreadCreateParams"),
    "threads.update": ("thread_update_params", "ThreadUpdateParams"),
    "threads.create_and_run": ("thread_create_and_run_params", "ThreadCreateAndRunParams"),
    "messages.create": ("threads.message_create_params", "MessageCreateParams"),
    "messages.update": ("threads.message_update_params", "MessageUpdateParams"),
    "messages.list": ("threads.message_list_params", "MessageListParams"),
    "runs.create": ("threads.run_create_params", "RunCreateParams"),
    "runs.update": ("threads.run_update_params", "RunUpdateParams"),
    "runs.list": ("threads.run_list_params", "RunListParams"),
    "runs.submit_tool_outputs": ("threads.run_submit_tool_outputs_params", "RunSubmitToolOutputsParams"),
    "steps.list": ("threads.runs.step_list_params", "StepListParams"),
    "steps.retrieve": ("threads.runs.step_retrieve_params", "StepRetrieveParams"),
}
#: Operations whose metadata goes upstream with the run.
STARTING: Final = ("runs.create", "threads.create_and_run")
#: Parameters that stand in the path.
IN_THE_PATH: Final = {"thread_id", "run_id"}
#: The one list where that name is a filter.
FILTERED: Final = "messages.list"


def requests() -> dict[str, list[str]]:
    """The fields of every operation, in the order of the SDK's types."""
    return {operation: list(_fields(operation)) for operation in PARAMS}


def _fields(operation: str) -> dict[str, None]:
    module, name = PARAMS[operation]
    kind = getattr(importlib.import_module(f"openai.types.beta.{module}"), name)
    found: dict[str, None] = {}
    for each in get_args(kind) or (kind,):
        found |= dict.fromkeys(typing_extensions.get_type_hints(each))
    hidden = IN_THE_PATH - ({"run_id"} if operation == FILTERED else set())
    return {field: None for field in found if field not in hidden}


def answers() -> dict[str, tuple[Json, set[str]]]:
    """Every object as it is at first, and the keys that the SDK's types name."""
    run = objects.run("run_1", 0, "thread_1", "asst_1")
    step = objects.step("step_1", 0, run, {"type": "message_creation", "message_creation": {"message_id": "msg_1"}})
    made = {
        Assistant: objects.assistant("asst_1", 0, {}),
        Thread: objects.thread("thread_1", 0, {}),
        Message: objects.message("msg_1", 0, "thread_1", "user"),
        Run: run,
        RunStep: step,
        AssistantDeleted: objects.deleted("assistant", "asst_1"),
    }
    return {body["object"]: (body, set(kind.model_fields)) for kind, body in made.items()}


def events() -> list[str]:
    """The names of the SDK's stream events, in its order."""
    union, *_ = get_args(AssistantStreamEvent)
    return [get_args(kind.model_fields["event"].annotation)[0] for kind in get_args(union)]
