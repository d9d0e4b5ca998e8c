"""The calls of a program of the old API: create a run, submit outputs, read messages."""

from typing import Any

Json = dict[str, Any]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER, CLOCK = ("get_weather", '{"city": "Paris"}'), ("get_clock", '{"city": "Rome"}')
TOOLS = [{"type": "function", "function": {"name": name, "parameters": PARAMETERS}} for name, _ in (WEATHER, CLOCK)]


def asking(text: str) -> list[Json]:
    return [{"role": "user", "content": text}]


def texts_of(client: Any, thread_id: str) -> list[str]:
    found = client.beta.threads.messages.list(thread_id, order="asc")
    return [each.content[0].text.value for each in found]


def answers(run: Any) -> list[Json]:
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [
        {"tool_call_id": call.id, "output": f"{call.function.name} says {number}"} for number, call in enumerate(calls)
    ]


def loop(client: Any, thread_id: str, assistant_id: str) -> list[Any]:
    """The events of a run, of all its streams together."""
    found: list[Any] = []
    following = client.beta.threads.runs.stream(thread_id=thread_id, assistant_id=assistant_id)
    while following is not None:
        with following as stream:
            found += stream
        run, following = stream.current_run, None
        if run.status == "requires_action":
            following = client.beta.threads.runs.submit_tool_outputs_stream(
                run_id=run.id, thread_id=thread_id, tool_outputs=answers(run)
            )
    return found
