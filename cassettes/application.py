"""The application that is recorded and played: an assistant, a thread, a run for each question, tool rounds.

Written twice, for both colours of the client; each returns what it has seen.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import openai

from cassettes.scenarios import INSTRUCTIONS, MODEL, Scenario

DELTAS: Final = ("thread.message.delta", "thread.run.step.delta")


@dataclass(slots=True)
class Transcript:
    """``events``: names, in order, a row of equal deltas as one; empty for polled runs.  ``rounds``: name and arguments
    of what was asked for, a list each.  ``runs``: status and, for failed ones, the error's code.  ``texts``: the
    assistant's parts, refusals included, in order, without the marks of citations.  ``steps``: types.  ``refused``:
    status and code of an HTTP error.  ``cited``: ids of cited files.  ``made``: ids of files that messages show;
    ``files``: what is in them.
    """

    events: list[str] = field(default_factory=list)
    rounds: list[list[tuple[str, str]]] = field(default_factory=list)
    runs: list[tuple[str, str | None]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    refused: tuple[int, str | None] | None = None
    cited: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)

    def add_event(self, event: Any) -> None:
        """One event of a stream."""
        if event.event not in DELTAS or self.events[-1:] != [event.event]:
            self.events.append(event.event)

    def answer_calls(self, run: Any, scenario: Scenario) -> list[Any]:
        """A tool round: what is asked for is noted, the scenario's answers come back."""
        calls = run.required_action.submit_tool_outputs.tool_calls
        earlier = [call[0] for each in self.rounds for call in each]
        self.rounds.append([(call.function.name, call.function.arguments) for call in calls])
        outputs = []
        for call in calls:
            answers = scenario.outputs[call.function.name]
            turn = min(earlier.count(call.function.name), len(answers) - 1)
            outputs.append({"tool_call_id": call.id, "output": answers[turn]})
        return outputs

    def ended(self, run: Any, messages: Any, steps: Any) -> None:
        """How a run ended, and what the store has of it; messages and steps oldest first."""
        self.runs.append((run.status, run.last_error.code if run.last_error else None))
        for part in (part for message in messages if message.run_id == run.id for part in message.content):
            if part.type == "image_file":
                self.made.append(part.image_file.file_id)
            else:
                self.texts.append(part.refusal if part.type == "refusal" else self._read(part.text))
        self.steps += [step.type for step in steps]

    def _read(self, text: Any) -> str:
        """A text as a program shows it: marks of citations are taken out, what is cited and linked is noted."""
        value: str = text.value
        for note in text.annotations:
            if note.type == "file_path":
                self.made.append(note.file_path.file_id)
            elif note.text.startswith("【"):
                value = value.replace(note.text, "")
                self.cited.append(note.file_citation.file_id)
        return value

    def refuse(self, error: openai.APIStatusError) -> None:
        self.refused = (error.status_code, error.code)


def run(client: Any, scenario: Scenario, streamed: bool) -> Transcript:
    """The scenario behind a blocking client."""
    seen = Transcript()
    assistant = client.beta.assistants.create(model=MODEL, instructions=INSTRUCTIONS, tools=scenario.tools)
    files = [client.files.create(**upload).id for upload in scenario.uploads()]
    thread = client.beta.threads.create()
    finish_run = _streamed if streamed else _polled
    for number, question in enumerate(scenario.questions):
        client.beta.threads.messages.create(
            thread.id, role="user", **scenario.message(question, [] if number else files)
        )
        try:
            ended = finish_run(client, scenario, thread.id, assistant.id, seen)
        except openai.APIStatusError as error:
            seen.refuse(error)
            break
        messages = client.beta.threads.messages.list(thread.id, order="asc").data
        steps = client.beta.threads.runs.steps.list(ended.id, thread_id=thread.id, order="asc").data
        seen.ended(ended, messages, steps)
    seen.files = [client.files.content(file).read() for file in seen.made]
    return seen


def _streamed(client: Any, scenario: Scenario, thread: str, assistant: str, seen: Transcript) -> Any:
    runs, found = client.beta.threads.runs, None
    stream = runs.create(thread, assistant_id=assistant, stream=True, **scenario.run)
    while stream is not None:
        with stream as events:
            for event in events:
                seen.add_event(event)
                found = event.data if event.data.object == "thread.run" else found
        stream = None
        if found.status == "requires_action":
            outputs = seen.answer_calls(found, scenario)
            stream = runs.submit_tool_outputs(found.id, thread_id=thread, tool_outputs=outputs, stream=True)
    return found


def _polled(client: Any, scenario: Scenario, thread: str, assistant: str, seen: Transcript) -> Any:
    runs = client.beta.threads.runs
    found = runs.create_and_poll(thread_id=thread, assistant_id=assistant, **scenario.run)
    while found.status == "requires_action":
        outputs = seen.answer_calls(found, scenario)
        found = runs.submit_tool_outputs_and_poll(run_id=found.id, thread_id=thread, tool_outputs=outputs)
    return found


async def run_async(client: Any, scenario: Scenario, streamed: bool) -> Transcript:
    """The same behind an async client."""
    seen = Transcript()
    assistant = await client.beta.assistants.create(model=MODEL, instructions=INSTRUCTIONS, tools=scenario.tools)
    files = [(await client.files.create(**upload)).id for upload in scenario.uploads()]
    thread = await client.beta.threads.create()
    finish_run = _streamed_async if streamed else _polled_async
    for number, question in enumerate(scenario.questions):
        message = scenario.message(question, [] if number else files)
        await client.beta.threads.messages.create(thread.id, role="user", **message)
        try:
            ended = await finish_run(client, scenario, thread.id, assistant.id, seen)
        except openai.APIStatusError as error:
            seen.refuse(error)
            break
        messages = (await client.beta.threads.messages.list(thread.id, order="asc")).data
        steps = (await client.beta.threads.runs.steps.list(ended.id, thread_id=thread.id, order="asc")).data
        seen.ended(ended, messages, steps)
    seen.files = [(await client.files.content(file)).read() for file in seen.made]
    return seen


async def _streamed_async(client: Any, scenario: Scenario, thread: str, assistant: str, seen: Transcript) -> Any:
    runs, found = client.beta.threads.runs, None
    stream = await runs.create(thread, assistant_id=assistant, stream=True, **scenario.run)
    while stream is not None:
        async with stream as events:
            async for event in events:
                seen.add_event(event)
                found = event.data if event.data.object == "thread.run" else found
        stream = None
        if found.status == "requires_action":
            outputs = seen.answer_calls(found, scenario)
            stream = await runs.submit_tool_outputs(found.id, thread_id=thread, tool_outputs=outputs, stream=True)
    return found


async def _polled_async(client: Any, scenario: Scenario, thread: str, assistant: str, seen: Transcript) -> Any:
    runs = client.beta.threads.runs
    found = await runs.create_and_poll(thread_id=thread, assistant_id=assistant, **scenario.run)
    while found.status == "requires_action":
        outputs = seen.answer_calls(found, scenario)
        found = await runs.submit_tool_outputs_and_poll(run_id=found.id, thread_id=thread, tool_outputs=outputs)
    return found
