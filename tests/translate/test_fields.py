"""Every field of a request has a row in the table, and is treated as its row states."""

from typing import Any, get_args

import pytest
from openai.types.beta import thread_create_and_run_params, thread_create_params
from openai.types.beta.thread_create_and_run_params import ThreadCreateAndRunParams
from openai.types.beta.threads import message_create_params, run_create_params
from openai.types.beta.threads.run_create_params import RunCreateParams
from openai.types.responses.response_create_params import ResponseCreateParams

from shim.translate import tools
from shim.translate.fields import FIELDS, MESSAGE, OURS, Kind
from shim.translate.request import Circumstances, body
from shim.wire import objects
from shim.wire.requests import OPERATIONS
from tests.translate.sdk import keys

UPSTREAM = keys(ResponseCreateParams)
RUN_OPERATIONS = ("runs.create", "threads.create_and_run")


def test_the_table_has_the_fields_of_the_sdk() -> None:
    assert keys(RunCreateParams, ThreadCreateAndRunParams) == FIELDS.keys()


def test_every_field_that_is_read_is_in_the_table() -> None:
    read = {name for operation in RUN_OPERATIONS for name in OPERATIONS[operation].model_fields}
    # `include` is in the query.
    assert read == FIELDS.keys() - {"include"}


@pytest.mark.parametrize(
    "params",
    [
        message_create_params.MessageCreateParams,
        run_create_params.AdditionalMessage,
        thread_create_params.Message,
        thread_create_and_run_params.ThreadMessage,
    ],
)
def test_the_table_has_the_message_fields_of_the_sdk(params: Any) -> None:
    assert keys(params) == MESSAGE.keys() == OPERATIONS["messages.create"].model_fields.keys()


@pytest.mark.parametrize("name, fate", [*FIELDS.items(), *MESSAGE.items()], ids=str)
def test_a_row_names_fields_of_upstream(name, fate) -> None:
    assert set(fate.to) <= UPSTREAM
    assert bool(fate.to) == (fate.kind != "kept")
    if fate.kind == "carried" and name != "role":
        assert name in fate.to
    if fate.kind == "renamed":
        assert name not in fate.to
    assert fate.how.endswith(".")


def test_every_kind_of_row_occurs() -> None:
    assert {fate.kind for fate in FIELDS.values()} == set(get_args(Kind))


SCHEMA = {"name": "s", "schema": {"type": "object"}, "strict": None}
#: A run in which every field has a distinct value.
EVERYTHING = {
    "model": "gpt-4o",
    "instructions": "Be brief.",
    "tools": tools.shown(
        [{"type": "function", "function": {"name": "f"}}, {"type": "file_search"}, {"type": "code_interpreter"}]
    ),
    "tool_resources": {
        "file_search": {"vector_store_ids": ["vs_1"]},
        "code_interpreter": {"file_ids": ["file-1"]},
    },
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "temperature": 0.5,
    "top_p": 0.5,
    "reasoning_effort": "low",
    "response_format": {"type": "json_schema", "json_schema": SCHEMA},
    "max_completion_tokens": 100,
    "max_prompt_tokens": 1000,
    "truncation_strategy": {"type": "auto", "last_messages": None},
    "metadata": {"k": "v"},
}


def test_a_run_with_every_field_sends_exactly_the_fields_of_the_table() -> None:
    run = objects.run("run_1", 0, "thread_1", "asst_1") | EVERYTHING
    so_far = Circumstances("gpt-4o", run["tool_resources"], previous="resp_1", without=frozenset({"stream"}))
    sent = body(run, [{"type": "message"}], so_far)
    assert sent.keys() == {name for fate in FIELDS.values() for name in fate.to} | OURS.keys()
    assert sent.keys() <= UPSTREAM


def test_a_run_without_optional_fields_sends_the_minimum() -> None:
    run = objects.run("run_1", 0, "thread_1", "asst_1")
    sent = body(run, [{"type": "message"}], Circumstances("gpt-4o", {}))
    assert sent == {"model": "gpt-4o", "truncation": "auto", "store": True, "input": [{"type": "message"}]}


def test_the_shims_own_fields_are_not_in_the_table() -> None:
    assert OURS.keys() <= UPSTREAM
    assert not OURS.keys() & {name for fate in FIELDS.values() for name in fate.to}
