"""The native program for the Responses API: one loop of requests and functions, in both colours, streamed or not."""

from typing import Final

from shim.migrate.eject import program
from shim.migrate.eject.program import Plan

HEAD: Final = '''"""{title}: native code for the Responses API.

Say something in each argument: python THIS_FILE "Hello."
"""

{imports}

#: What goes with every call: the API carries none of it over from one response to the next.
{to_do}REQUEST = {request}


{functions}


{define} call_function(call) -> str:
    """What a function gives for the model's call of it."""
    output = FUNCTIONS[call.name](**json.loads(call.arguments or "{{}}"))
{await_output}    return output if isinstance(output, str) else json.dumps(output)


class Conversation:
    """Goes on from ``last_response_id``: keep it where you kept the thread's id."""

    def __init__(self, client: {client}, last_response_id: str | None = None) -> None:
        self.client = client
        self.last_response_id = last_response_id

'''
PLAIN: Final = '''    {define} ask(self, text: str) -> str:
        """The answer to a user's message, once all functions have been called."""
        given = [{{"role": "user", "content": text}}]
        said = []
        while given:
            response = {await_}self.client.responses.create(
                **REQUEST, input=given, previous_response_id=self.last_response_id
            )
            if response.error:
                raise RuntimeError(response.error.message)
            self.last_response_id = response.id
            said.append(response.output_text)
{outputs}
        return "\\n".join(filter(None, said))


'''
STREAMED: Final = '''    {define} ask(self, text: str):
        """The answer to a user's message, piece by piece; functions are called in between."""
        given = [{{"role": "user", "content": text}}]
        while given:
            events = {await_}self.client.responses.create(
                **REQUEST, input=given, previous_response_id=self.last_response_id, stream=True
            )
            {async_}for event in events:
                if event.type == "response.output_text.delta":
                    yield event.delta
                elif event.type in ("response.completed", "response.incomplete", "response.failed"):
                    response = event.response
            if response.error:
                raise RuntimeError(response.error.message)
            self.last_response_id = response.id
{outputs}


'''
OUTPUTS: Final = """            given = [
                {{"type": "function_call_output", "call_id": item.call_id, "output": {await_}call_function(item)}}
                for item in response.output
                if item.type == "function_call"
            ]"""
MAIN: Final = """{define} main(*texts: str) -> None:
    {async_}with {client}() as client:
        conversation = Conversation(client)
        for text in texts:
{print_answer}


if __name__ == "__main__":
    {run}
"""
PRINT_ANSWER: Final = "            print({await_}conversation.ask(text))"
PRINT_PIECES: Final = """            {async_}for piece in conversation.ask(text):
                print(piece, end="", flush=True)
            print()"""


def render(plan: Plan) -> str:
    """The program's text."""
    plan.check()
    is_async = plan.is_async
    fields = {
        "title": plan.title,
        "define": "async def" if is_async else "def",
        "async_": "async " if is_async else "",
        "await_": "await " if is_async else "",
        "client": "AsyncOpenAI" if is_async else "OpenAI",
        "await_output": "    if inspect.isawaitable(output):\n        output = await output\n" if is_async else "",
        "run": "asyncio.run(main(*sys.argv[1:]))" if is_async else "main(*sys.argv[1:])",
        "to_do": program.to_do(plan),
        "request": program.literal(plan.request),
        "functions": program.functions(plan),
    }
    own_imports = [*(["import asyncio", "import inspect"] if is_async else []), "import json", "import sys", ""]
    fields["imports"] = program.imports(plan, *own_imports, f"from openai import {fields['client']}")
    fields["outputs"] = OUTPUTS.format_map(fields)
    fields["print_answer"] = (PRINT_PIECES if plan.streamed else PRINT_ANSWER).format_map(fields)
    return "".join(part.format_map(fields) for part in (HEAD, STREAMED if plan.streamed else PLAIN, MAIN))
