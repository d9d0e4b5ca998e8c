"""Ejected programs run beside the original program: the answers and the function calls are the same."""

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from shim.sandbox.http import running
from shim.translate.models import RETIRED

ORIGINAL = '''"""A program of 2024."""
import json
from datetime import date

from openai import OpenAI

CALLS = []
UNITS = {"celsius": 1}
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "description": "The weather.", "parameters": CITY}},
    {"type": "function", "function": {"name": "get-time", "parameters": CITY}},
]
client = OpenAI()


# Everything that was called.
def note(name, **arguments):
    CALLS.append((name, arguments))


def get_weather(city: str, unit: str = "celsius") -> dict:
    note("get_weather", city=city)
    return {"city": city, "degrees": 19 * UNITS[unit], "day": str(date(2024, 5, 1))}


assistant = client.beta.assistants.create(
    name="Guide", model="gpt-4o", instructions="You guide people. " "Be kind.", temperature=0.5, tools=TOOLS
)


def answer(thread, question):
    client.beta.threads.messages.create(thread.id, role="user", content=question)
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    while run.status == "requires_action":
        outputs = []
        for call in run.required_action.submit_tool_outputs.tool_calls:
            output = get_weather(**json.loads(call.function.arguments))
            outputs.append({"tool_call_id": call.id, "output": json.dumps(output)})
        run = client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread.id, tool_outputs=outputs
        )
    found = client.beta.threads.messages.list(thread.id, run_id=run.id, order="asc")
    return "\\n".join(part.text.value for message in found for part in message.content)
'''
QUESTIONS = (
    "Hello.",
    'get_weather {"city": "Paris"} then get_weather {"city": "Rome"}',
    'get_weather {"city": "Oslo"} get_weather {"city": "Bern"}',
    "What was asked?",
)
STYLES = {
    "loop": (),
    "async loop": ("--async",),
    "streamed loop": ("--stream",),
    "async streamed loop": ("--async", "--stream"),
    "agents": ("--style", "agents"),
    "streamed agents": ("--style", "agents", "--stream"),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A sandbox with an address, so that native programs can use it."""
    monkeypatch.chdir(tmp_path)
    Path("original.py").write_text(ORIGINAL)
    with running() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_AGENTS_DISABLE_TRACING", "1")
        monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
        yield url


def ejected(*arguments: str) -> str:
    result = CliRunner().invoke(table.app(), ["eject", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def names_of(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "ejected"}
    exec(compile(program, "ejected.py", "exec"), names)
    return names


async def _answers(names: dict[str, Any]) -> list[str]:
    """The answer of an ejected program, for each kind of program."""
    kind = names.get("AsyncOpenAI") or names.get("OpenAI")
    client = kind() if kind else None
    conversation = names["Conversation"](*([client] if client else []))
    answers = []
    for question in QUESTIONS:
        found = conversation.ask(question)
        if inspect.isasyncgen(found):
            answers.append("".join([piece async for piece in found]))
        elif inspect.isgenerator(found):
            answers.append("".join(found))
        else:
            answers.append(await found if inspect.isawaitable(found) else found)
    if client:
        closed = client.close()
        if inspect.isawaitable(closed):
            await closed
    return answers


def test_the_same_answers_and_the_same_calls(server: str) -> None:
    pytest.importorskip("agents")
    original = names_of(ORIGINAL.replace("from openai import", "from shim import"))
    thread = original["client"].beta.threads.create()
    answers = [original["answer"](thread, question) for question in QUESTIONS]
    assert "Paris" in answers[1]
    assert len(original["CALLS"]) == 4
    made = {style: names_of(ejected("original.py", *arguments)) for style, arguments in STYLES.items()}

    async def all_answers() -> dict[str, list[str]]:
        # All in one loop: the Agents SDK uses one client for all of its agents.
        return {style: await _answers(names) for style, names in made.items()}

    assert asyncio.run(all_answers()) == dict.fromkeys(STYLES, answers)
    assert {style: names["CALLS"] for style, names in made.items()} == dict.fromkeys(STYLES, original["CALLS"])


def test_a_program_from_the_command_line(server: str) -> None:
    ejected("original.py", "--to", "native.py")
    ran = subprocess.run([sys.executable, "native.py", *QUESTIONS[:2]], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith('You said "Hello.". My instructions are "You guide people. Be kind.".\n')
    assert 'get_weather returned "{"city": "Rome"' in ran.stdout


def test_a_stored_assistant_and_functions_from_a_file(server: str) -> None:
    with OpenAI() as client:
        city = {"type": "object", "properties": {"city": {"type": "string"}, "day": {}}, "required": ["city"]}
        function: Any = {"type": "function", "function": {"name": "get_weather", "parameters": city}}
        other: Any = {
            "type": "function",
            "function": {"name": "get-time", "description": 'Say "now".', "parameters": city},
        }
        made = client.beta.assistants.create(
            model="gpt-4", instructions="Be kind.", tools=[function, other, {"type": "code_interpreter"}]
        )
    result = CliRunner().invoke(table.app(), ["eject", made.id, "--functions", "original.py"])
    assert "get-time: no code was found" in result.stderr
    names = names_of(result.stdout)
    assert names["REQUEST"]["model"] == RETIRED["gpt-4"].successor
    assert names["REQUEST"]["tools"][-1] == {"type": "code_interpreter", "container": {"type": "auto"}}
    assert inspect.signature(names["get_time"]).parameters.keys() == {"city", "day"}
    with pytest.raises(NotImplementedError, match="write what get_time does"):
        names["FUNCTIONS"]["get-time"]("Paris")
    conversation = names["Conversation"](names["OpenAI"]())
    assert "Paris" in conversation.ask('get_weather {"city": "Paris"}')
    conversation.client.close()


def test_an_ejected_program_continues_a_thread(server: str) -> None:
    original = names_of(ORIGINAL.replace("from openai import", "from shim import"))
    thread = original["client"].beta.threads.create()
    original["answer"](thread, "My name is Ada.")
    state = original["client"].shim.thread(thread.id)
    names = names_of(ejected("original.py"))
    with names["OpenAI"]() as client:
        answer = names["Conversation"](client, state.last_response_id).ask("Who am I?")
    assert 'user said "My name is Ada."' in answer
