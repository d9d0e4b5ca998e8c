"""The native program for the Agents SDK (`openai-agents`), which calls functions itself."""

from collections.abc import Callable
from typing import Final

from shim.migrate.eject import program
from shim.migrate.eject.program import Plan
from shim.wire.passed_on import WEB_SEARCH
from shim.wire.types import Json

TEXT: Final = '''"""{title}: native code for the Agents SDK.

Say something in each argument: python THIS_FILE "Hello."
"""

{imports}

{functions}


def call_function(name: str):
    """What the model's calls of a function run."""

    async def invoke(context, arguments: str) -> str:
        output = FUNCTIONS[name](**json.loads(arguments or "{{}}"))
        if inspect.isawaitable(output):
            output = await output
        return output if isinstance(output, str) else json.dumps(output)

    return invoke


{to_do}agent = Agent(
    name={name},
    instructions={instructions},
    model={model},
    model_settings=ModelSettings({settings}),
    tools=[{tools}],
)


class Conversation:
    """Goes on from ``last_response_id``: keep it where you kept the thread's id."""

    def __init__(self, last_response_id: str | None = None) -> None:
        self.last_response_id = last_response_id

{ask}


async def main(*texts: str) -> None:
    conversation = Conversation()
    for text in texts:
{print_answer}


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
'''
PLAIN: Final = '''    async def ask(self, text: str) -> str:
        """The answer to a user's message, once all functions have been called."""
        result = await Runner.run(agent, text, previous_response_id=self.last_response_id)
        self.last_response_id = result.last_response_id
        return str(result.final_output)'''
STREAMED: Final = '''    async def ask(self, text: str):
        """The answer to a user's message, piece by piece; functions are called in between."""
        result = Runner.run_streamed(agent, text, previous_response_id=self.last_response_id)
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                yield event.data.delta
        self.last_response_id = result.last_response_id'''
PRINT_ANSWER: Final = "        print(await conversation.ask(text))"
PRINT_PIECES: Final = """        async for piece in conversation.ask(text):
            print(piece, end="", flush=True)
        print()"""
#: Fields of a request that are model settings in the Agents SDK, with their names there.
SETTINGS: Final = {
    **{name: name for name in ("temperature", "top_p", "truncation", "parallel_tool_calls", "metadata")},
    "include": "response_include",
}


def _function(tool: Json) -> str:
    arguments = [f"name={tool['name']!r}", f"description={tool.get('description') or ''!r}"]
    arguments += [f"params_json_schema={program.literal(tool['parameters'])}"]
    arguments += [f"on_invoke_tool=call_function({tool['name']!r})", f"strict_json_schema={bool(tool.get('strict'))}"]
    return f"FunctionTool({', '.join(arguments)})"


def _search(tool: Json) -> str:
    arguments = "".join(f", {name}={tool[name]!r}" for name in ("max_num_results", "ranking_options") if name in tool)
    return f"FileSearchTool(vector_store_ids={tool['vector_store_ids']!r}{arguments})"


#: The Agents SDK's class for each tool.
TOOLS: Final[dict[str, Callable[[Json], str]]] = {
    "function": _function,
    "file_search": _search,
    "code_interpreter": lambda tool: f"CodeInterpreterTool(tool_config={tool!r})",
    **dict.fromkeys(WEB_SEARCH, lambda tool: "WebSearchTool()"),
    "mcp": lambda tool: f"HostedMCPTool(tool_config={tool!r})",
    "image_generation": lambda tool: f"ImageGenerationTool(tool_config={tool!r})",
}


def render(plan: Plan) -> str:
    """The program's text.  It is always async, as the SDK is."""
    plan.check()
    request = plan.request
    tools = [TOOLS[tool["type"]](tool) for tool in request.get("tools") or []]
    kinds = sorted({text.partition("(")[0] for text in tools} | {"Agent", "ModelSettings", "Runner"})
    own_imports = ["import asyncio", "import inspect", "import json", "import sys", ""]
    own_imports.append(f"from agents import {', '.join(kinds)}")
    if "reasoning" in request:
        own_imports.append("from openai.types.shared import Reasoning")
    return TEXT.format(
        title=plan.title,
        imports=program.imports(plan, *own_imports),
        functions=program.functions(plan),
        to_do=program.to_do(plan),
        name=repr(plan.title),
        instructions=program.literal(request.get("instructions")),
        model=repr(request["model"]),
        settings=_settings(request),
        tools="".join(f"\n        {text}," for text in tools) + ("\n    " if tools else ""),
        ask=STREAMED if plan.streamed else PLAIN,
        print_answer=PRINT_PIECES if plan.streamed else PRINT_ANSWER,
    )


def _settings(request: Json) -> str:
    arguments = [f"{SETTINGS[name]}={value!r}" for name, value in request.items() if name in SETTINGS]
    if "reasoning" in request:
        arguments.append(f"reasoning=Reasoning(effort={request['reasoning']['effort']!r})")
    handled = {"model", "instructions", "tools", "reasoning", *SETTINGS}
    if rest := {name: value for name, value in request.items() if name not in handled}:
        arguments.append(f"extra_body={program.literal(rest)}")
    return ", ".join(arguments)
