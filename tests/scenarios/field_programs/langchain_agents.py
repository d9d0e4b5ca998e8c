"""LangChain's OpenAIAssistantRunnable: in an agent executor, invoked directly, and async."""

import asyncio
from importlib.metadata import version

import behind
from langchain.agents import AgentExecutor
from langchain.agents.openai_assistant import OpenAIAssistantRunnable
from langchain_core.agents import AgentFinish
from langchain_core.tools import tool

QUESTION = 'get_weather {"city": "Oslo"} and get_time'


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"Hail in {city}"


@tool
def get_time() -> str:
    """What time it is."""
    return "a quarter past nine"


TOOLS = [get_weather, get_time]
BY_NAME = {each.name: each for each in TOOLS}
SETUP = {"name": "helper", "instructions": "Be brief.", "tools": TOOLS, "model": "gpt-4o"}
FAST = {"as_agent": True, "check_every_ms": 5.0}


def in_the_executor() -> None:
    agent = OpenAIAssistantRunnable.create_assistant(**SETUP, **FAST)
    result = AgentExecutor(agent=agent, tools=TOOLS).invoke({"content": QUESTION})
    assert "Hail in Oslo" in result["output"], result
    assert "a quarter past nine" in result["output"], result
    again = AgentExecutor(agent=agent, tools=TOOLS).invoke({"content": "And now?", "thread_id": result["thread_id"]})
    assert "And now?" in again["output"], again


def by_hand() -> None:
    agent = OpenAIAssistantRunnable.create_assistant(**SETUP, **FAST)
    response = agent.invoke({"content": QUESTION, "thread_metadata": {"a": "b"}})
    while not isinstance(response, AgentFinish):
        outputs = [
            {"output": BY_NAME[action.tool].invoke(action.tool_input), "tool_call_id": action.tool_call_id}
            for action in response
        ]
        last = response[-1]
        response = agent.invoke({"tool_outputs": outputs, "run_id": last.run_id, "thread_id": last.thread_id})
    assert "Hail in Oslo" in response.return_values["output"], response


def as_openai_types() -> None:
    runnable = OpenAIAssistantRunnable.create_assistant(**SETUP | {"tools": []}, check_every_ms=5.0)
    messages = runnable.invoke({"content": "Good morning", "temperature": 0.5, "max_completion_tokens": 500})
    assert messages[0].content[0].text.value.startswith('You said "Good morning".'), messages


async def awaited() -> None:
    agent = await OpenAIAssistantRunnable.acreate_assistant(**SETUP, **FAST)
    result = await AgentExecutor(agent=agent, tools=TOOLS).ainvoke({"content": QUESTION})
    assert "a quarter past nine" in result["output"], result


in_the_executor()
by_hand()
as_openai_types()
asyncio.run(awaited())
behind.check("langchain", version("langchain"), rounds=8)
