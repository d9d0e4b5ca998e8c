"""Reading a user's Python, generating code for requests and tools, and refusals."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.migrate.eject import agents, program, request, responses
from shim.migrate.eject.program import Plan
from shim.migrate.eject.python import CopiedCode, Module, Unreadable
from shim.translate.models import ModelMap

SOURCE = """from __future__ import annotations
import json, os
from math import floor as down

LIMIT = down(3.5)
UNUSED = os.environ
shared: dict = {"a": 1}


class Shape(dict):
    pass


def decorated(function):
    return function


# About it.
@decorated
async def fetch(city):
    return Shape(a=LIMIT + len(json.dumps(shared)))


def other():
    return 1
"""


def test_a_function_is_copied_with_the_names_that_it_uses() -> None:
    taken = Module(SOURCE, "a.py").copy(["fetch", "nowhere", "LIMIT"])
    assert taken.functions == {"fetch": True}
    assert taken.future == "from __future__ import annotations"
    assert taken.imports == "import json, os\nfrom math import floor as down"
    assert taken.code.startswith("LIMIT = down(3.5)\n\n\nshared: dict")
    assert "# About it.\n@decorated\nasync def fetch" in taken.code
    assert "other" not in taken.code
    assert "UNUSED" not in taken.code
    assert Module(SOURCE, "a.py").copy([]) == CopiedCode("", "", "", {}, frozenset())


def test_an_assistant_given_as_literals() -> None:
    source = 'MODEL = "gpt-4o"\nTOOLS = [{"type": M}]\nM: str = "code_interpreter"\n'
    source += "self.client.beta.assistants.create(model=MODEL, tools=TOOLS, name='a' 'b')\nx.create(model='y')\n"
    (one,) = Module(source, "a.py").creations()
    assert one == (4, {"model": "gpt-4o", "tools": [{"type": "code_interpreter"}], "name": "ab"})


@pytest.mark.parametrize(
    "source, pattern",
    [
        ("c.beta.assistants.create(**fields)", "a.py, line 1: the assistant's fields are not written out"),
        (
            "c.beta.assistants.create(model=pick())",
            r"a.py, line 1: model is known only when the program runs: pick\(\)",
        ),
        ("A = A\nc.beta.assistants.create(model=A)", "a.py, line 2: model is known only when the program runs: A"),
        ("def f(:", "a.py is no Python"),
        ("\0", "a.py is no Python"),
    ],
)
def test_programs_that_cannot_be_read(source: str, pattern: str) -> None:
    with pytest.raises(Unreadable, match=pattern):
        Module(source, "a.py").creations()


def _request(**fields: Any) -> dict[str, Any]:
    return request.of_assistant(request.assistant({"model": "gpt-4o"} | fields), ModelMap())


def test_a_request_is_what_a_run_sends() -> None:
    assert _request() == {"model": "gpt-4o", "truncation": "auto"}
    schema = {"name": "a", "schema": {"type": "object"}, "strict": True}
    body = _request(
        model="o3-mini",
        reasoning_effort="low",
        top_p=0.5,
        response_format={"type": "json_schema", "json_schema": schema},
        tools=[{"type": "file_search"}, {"type": "code_interpreter"}],
        tool_resources={"file_search": {"vector_store_ids": ["vs_1"]}, "code_interpreter": {"file_ids": ["file-1"]}},
    )
    assert body["reasoning"] == {"effort": "low"}
    assert body["text"] == {"format": {"type": "json_schema"} | schema}
    assert body["tools"][0] == {"type": "file_search", "vector_store_ids": ["vs_1"]}
    assert body["tools"][1]["container"] == {"type": "auto", "file_ids": ["file-1"]}


def test_every_tool_in_the_agents_sdk() -> None:
    sdk = pytest.importorskip("agents")
    assert {"function", "file_search", "code_interpreter"} <= agents.TOOLS.keys()
    tools: list[Any] = [
        {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}, "strict": False},
        {"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 3},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "web_search"},
        {"type": "web_search_preview"},
        {"type": "mcp", "server_label": "s", "server_url": "https://example.com", "require_approval": "never"},
        {"type": "image_generation"},
    ]
    body = {"model": "o3", "tools": tools, "reasoning": {"effort": "low"}, "temperature": 0.5, "text": {"format": {}}}
    names: dict[str, Any] = {"__name__": "ejected"}
    exec(agents.render(Plan("One", body, is_async=True)), names)
    assert [type(tool).__name__ for tool in names["agent"].tools] == [
        *("FunctionTool", "FileSearchTool", "CodeInterpreterTool", "WebSearchTool", "WebSearchTool"),
        *("HostedMCPTool", "ImageGenerationTool"),
    ]
    settings = names["agent"].model_settings
    assert (settings.temperature, settings.reasoning.effort) == (0.5, "low")
    assert settings.extra_body == {"text": {"format": {}}}
    assert isinstance(names["agent"], sdk.Agent)


def test_names_that_are_not_identifiers() -> None:
    parameters: dict[str, Any] = {"type": "object", "properties": {"from": {}, "a-b": {}}}
    tools = [
        {"type": "function", "name": name, "description": 'Say \\"so".', "parameters": parameters, "strict": False}
        for name in ("class", "2nd", "a-b")
    ]
    names: dict[str, Any] = {"__name__": "ejected"}
    exec(responses.render(Plan("One", {"model": "gpt-4o", "tools": tools})), names)
    assert [function.__name__ for function in names["FUNCTIONS"].values()] == ["class_", "_2nd", "a_b"]
    with pytest.raises(NotImplementedError):
        names["FUNCTIONS"]["a-b"](**{"from": 1, "a-b": 2})


def test_options_that_exclude_each_other() -> None:
    tool: Any = {"type": "function", "name": "f", "parameters": {}, "strict": False}
    body = {"model": "gpt-4o", "tools": [tool]}
    clash = CopiedCode("", "", "main = 1", {"f": False}, frozenset({"f", "main"}))
    with pytest.raises(Unreadable, match="names that the program needs for itself: main"):
        responses.render(Plan("One", body, clash))
    waiting = CopiedCode("", "", "async def f(): ...", {"f": True}, frozenset({"f"}))
    with pytest.raises(Unreadable, match=r"use --async \(f\)"):
        responses.render(Plan("One", body, waiting))
    assert program.functions(Plan("One", body, waiting, is_async=True)).startswith("async def f()")


@pytest.mark.parametrize(
    "code, row, reason",
    [
        ("def f(query): return query", "f,", ""),
        ("def f(query, more=1): return query", "f,", ""),
        ("def f(**given): return given['query']", "f,", ""),
        ("def f(inputs): return inputs['query']", "lambda **arguments: f(arguments),", ""),
        ("def f(inputs, more=1): return inputs.get('query')", "lambda **arguments: f(arguments),", ""),
        ("def f(inputs: Dict[str, str]): return g(inputs)", "lambda **arguments: f(arguments),", ""),
        ("def f(s: str): return s", "f,  # TODO: ", "a.py, line 2: it takes s, and the model gives query"),
        ("def f(inputs): return g(inputs)", "f,  # TODO: ", "a.py, line 2: it takes inputs, and the model gives query"),
        (
            "def f(c, query): ...",
            "f,  # TODO: ",
            "a.py, line 2: it takes c, query, and the model gives query",
        ),
        ("def f():\n    pass", "f,  # TODO: ", "a.py, line 2: it takes nothing, and the model gives query"),
        ("def f(query, /): ...", "f,  # TODO: ", "a.py, line 2: it takes query, and the model gives query"),
        ("def f(a, **more): ...", "f,  # TODO: ", "a.py, line 2: it takes a, **, and the model gives query"),
    ],
)
def test_calls_fit_the_functions(code: str, row: str, reason: str) -> None:
    schema = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
    tool: Any = {"type": "function", "name": "f", "parameters": schema, "strict": False}
    copied = Module(f"from typing import Dict\n{code}\ng = dict\n", "a.py").copy(["f"])
    plan = Plan("One", {"model": "gpt-4o", "tools": [tool]}, copied)
    text = responses.render(plan)
    assert f"    'f': {row}{reason}\n" in text
    assert plan.misfits == ({"f": reason} if reason else {})
    if not reason:
        names: dict[str, Any] = {"__name__": "ejected"}
        exec(text, names)
        names["FUNCTIONS"]["f"](query="x")


def test_a_call_that_does_not_fit_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    schema = {"type": "object", "properties": {"code": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "run", "parameters": schema}}
    create = f"c.beta.assistants.create(model='gpt-4o', tools=[{tool}])\n"
    Path("a.py").write_text(f"def run(s: str): ...\n{create}")
    assert "run: its call does not fit, change it in FUNCTIONS: a.py, line 1: it takes s" in output_of("a.py", code=0)


@pytest.mark.parametrize("style", ["responses", "agents"])
@pytest.mark.parametrize("resources", ["", ", tool_resources={'file_search': {'vector_stores': [{'file_ids': []}]}}"])
def test_a_file_search_without_a_store_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str, resources: str
) -> None:
    monkeypatch.chdir(tmp_path)
    tools = "tools=[{'type': 'file_search'}, {'type': 'code_interpreter'}]"
    Path("a.py").write_text(f"\nc.beta.assistants.create(model='gpt-4o', {tools}{resources})\n")
    output = output_of("a.py", "--style", style, code=0)
    assert "# TODO: write the ids of your vector stores where vs_WRITE_THE_ID_HERE stands." in output
    assert "a.py, line 2: file_search has no vector store there" in output
    assert "['vs_WRITE_THE_ID_HERE']" in output
    Path("b.yaml").write_text("- id: asst_own000000\n  model: gpt-4o\n  tools: [{type: file_search}]\n")
    assert "b.yaml, line 1: file_search has no" in output_of("b.yaml", "--style", style, code=0)


@pytest.mark.parametrize("style", ["responses", "agents"])
@pytest.mark.parametrize("model, kept", [("gpt-3.5-turbo", False), ("gpt-4.1", True)])
def test_parameters_that_the_successor_refuses_are_left_out_and_named(
    model: str, kept: bool, style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHIM_MODEL_MAP", '{"gpt-3.5-turbo": "gpt-5", "gpt-4.1": null}')
    Path("a.py").write_text(f"c.beta.assistants.create(model='{model}', temperature=0.2, top_p=1, instructions='x')\n")
    written = output_of("a.py", "--style", style, "--to", "native.py", code=0)
    assert ("temperature: gpt-5 refuses it" in written) != kept
    assert ("temperature" in Path("native.py").read_text()) == kept


def output_of(*arguments: str, code: int = 2) -> str:
    result = CliRunner().invoke(table.app(), ["eject", *arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.replace("│", " ").split())


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    create = "c.beta.assistants.create(model='gpt-4o', name='{}')\n"
    Path("two.py").write_text(create.format("One") + create.format("Two"))
    assert "two.py has 2 such assistants: One, Two; say --which" in output_of("two.py")
    assert '"""Two: native code' in output_of("two.py", "--which", "Two", code=0)
    assert "none at all" in output_of("two.py", "--which", "Three") or "0 such assistants" in output_of(
        "two.py", "--which", "Three"
    )
    Path("own.yaml").write_text("assistants:\n  - id: asst_own000000\n    model: gpt-4o\n    instructions: Be kind.\n")
    assert "'instructions': 'Be kind.'" in output_of("own.yaml", code=0)
    output_of("own.yaml", "--to", "native.py", code=0)
    assert "native.py exists already" in output_of("own.yaml", "--to", "native.py")
    output_of("own.yaml", "--to", "native.py", "--style", "agents", "--force", code=0)
    assert "from agents import" in Path("native.py").read_text()
    assert "No such file" in output_of("none.py")
    assert "No assistant found with id" in output_of("asst_none000000", code=1)
    Path("bad.py").write_bytes(b"\xff")
    assert "bad.py" in output_of("bad.py")
