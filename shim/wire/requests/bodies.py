"""The bodies of all operations that have one.

Every optional field may be null, which means "not given" unless the engine treats it otherwise.  If a body has several
mistakes, the error is that of the first field, and unknown keys come last.
"""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from shim.wire.requests.messages import CreateMessage, UpdateMessage
from shim.wire.requests.options import ReasoningEffort, ResponseFormat, Tokens, Truncation
from shim.wire.requests.paths import assistant_id
from shim.wire.requests.shapes import Fraction, Metadata, Shape, Temperature, Text
from shim.wire.requests.tools import NewToolResources, RunTools, ToolChoice, ToolResources, Tools

AssistantId = Annotated[str, AfterValidator(assistant_id)]


class _Sampling(Shape):
    temperature: Temperature | None = None
    top_p: Fraction | None = None
    reasoning_effort: ReasoningEffort | None = None
    response_format: ResponseFormat | None = None
    metadata: Metadata | None = None


class _Assistant(_Sampling):
    name: Annotated[str, Field(max_length=256)] | None = None
    description: Annotated[str, Field(max_length=512)] | None = None
    instructions: Text | None = None
    tools: Tools | None = None


class CreateAssistant(_Assistant):
    model: str
    tool_resources: NewToolResources | None = None


class UpdateAssistant(_Assistant):
    model: str | None = None
    tool_resources: ToolResources | None = None


class CreateThread(Shape):
    messages: list[CreateMessage] | None = None
    tool_resources: NewToolResources | None = None
    metadata: Metadata | None = None


class UpdateThread(Shape):
    tool_resources: ToolResources | None = None
    metadata: Metadata | None = None


class _Run(_Sampling):
    assistant_id: AssistantId
    model: str | None = None
    instructions: Text | None = None
    tools: RunTools | None = None
    stream: bool | None = None
    max_prompt_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    truncation_strategy: Truncation | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None


class CreateRun(_Run):
    additional_instructions: Text | None = None
    additional_messages: list[CreateMessage] | None = None


class CreateThreadAndRun(_Run):
    """``reasoning_effort`` is not in the schema of this request; it is accepted, as run objects have it."""

    thread: CreateThread | None = None
    tool_resources: ToolResources | None = None


class UpdateRun(Shape):
    metadata: Metadata | None = None


class ToolOutput(Shape):
    """Only the types are checked here; the engine checks whether the outputs match the calls."""

    tool_call_id: str | None = None
    output: str | None = None


class SubmitToolOutputs(Shape):
    tool_outputs: list[ToolOutput]
    stream: bool | None = None


class Nothing(Shape):
    """No body, or an empty one."""


OPERATIONS: Final[dict[str, type[Shape]]] = {
    "assistants.create": CreateAssistant,
    "assistants.update": UpdateAssistant,
    "assistants.delete": Nothing,
    "threads.create": CreateThread,
    "threads.update": UpdateThread,
    "threads.delete": Nothing,
    "threads.create_and_run": CreateThreadAndRun,
    "messages.create": CreateMessage,
    "messages.update": UpdateMessage,
    "messages.delete": Nothing,
    "runs.create": CreateRun,
    "runs.update": UpdateRun,
    "runs.cancel": Nothing,
    "runs.submit_tool_outputs": SubmitToolOutputs,
}
