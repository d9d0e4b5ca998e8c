"""Functions as a project describes them to the model, whole or in part."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.migrate.adopt import adopt, render

OWN = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"


def adopted(folder: Path, name: str, code: str) -> tuple[Any, str]:
    """The tools of the only assistant, and the whole text."""
    (folder / ".env").write_text(f"ID={OWN}\n")
    (folder / name).write_text(code)
    text = render(adopt([folder], environment={}).assistants, "assistants.yaml")
    return yaml.safe_load(text)["assistants"][0]["tools"], text


def test_an_object_with_a_name_and_a_description_is_no_function(tmp_path: Path) -> None:
    assert adopted(tmp_path, "a.py", "chair = {'name': 'chair', 'description': 'Of wood.'}")[0] == []


def test_calls_and_choices_of_functions_describe_none(tmp_path: Path) -> None:
    choice = "{'type': 'function', 'function': {'name': 'send'}}"
    call = "{'type': 'function', 'function': {'name': 'send', 'arguments': '{}'}}"
    assert adopted(tmp_path, "a.py", f"create(tool_choice={choice})\ncalls = [{call}]")[0] == []


def test_the_description_with_parameters_counts(tmp_path: Path) -> None:
    bare = "{'type': 'function', 'function': {'name': 'send', 'description': 'Sends.'}}"
    full = bare.replace("'Sends.'", "'Sends.', 'parameters': {'properties': {'to': {}}}")
    (tmp_path / "first.py").write_text(f"T = [{bare}]")
    (tool,), _ = adopted(tmp_path, "second.py", f"T = [{bare}, {full}]")
    assert tool["function"]["parameters"] == {"properties": {"to": {}}}


def test_a_schema_without_a_description_is_copied_unchanged(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"to": {"type": "string", "enum": ["a", "b"]}}, "required": ["to"]}
    (tool,), _ = adopted(tmp_path, "a.py", f"T = {{'name': 'send', 'parameters': {schema}}}")
    assert tool["function"] == {"name": "send", "description": None, "parameters": schema}


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.py", "T = [{'type': 'function', 'function': {'name': 'check_date', 'description': 'The date.'}}]"),
        ("a.py", "D = {'name': 'check_date', 'description': 'The date.'}\nT = [{'type': 'function', 'function': D}]"),
        ("a.json", '[{"type": "function", "function": {"name": "check_date", "description": "The date."}}]'),
        ("a.js", "[{ type: 'function', function: { name: 'check_date', description: 'The date.' } }]"),
    ],
)
def test_a_function_needs_no_parameters(tmp_path: Path, name: str, text: str) -> None:
    (tool,) = adopted(tmp_path, name, text)[0]
    assert tool["function"] == {
        "name": "check_date",
        "description": "The date.",
        "parameters": {"type": "object", "properties": {}},
    }


@pytest.mark.parametrize(
    "parameters, expected, comment",
    [
        (
            "{'type': 'object', 'properties': {'to': {'type': 'string',\n 'enum': list(MAPPER.keys())}}}",
            {"to": {"type": "string"}},
            "parameters.properties.to.enum: list(MAPPER.keys()) (a.py:2)",
        ),
        (
            "{'type': 'object', 'properties': {'n': {'minimum': -1, **MORE}}}",
            {"n": {"minimum": -1}},
            "n.**: MORE (a.py:1)",
        ),
        (
            "{'type': 'object', 'properties': {KEY: {}, **{'n': {}}}}",
            {"n": {}},
            "parameters.properties.KEY: {} (a.py:1)",
        ),
        ("{'type': 'object', 'properties': {'n': {'a': ~1}}}", {"n": {}}, "n.a: ~1 (a.py:1)"),
        ("Model.model_json_schema()", {}, "parameters: Model.model_json_schema() (a.py:1)"),
    ],
)
def test_what_cannot_be_read_of_a_schema_is_named(tmp_path: Path, parameters: str, expected: Any, comment: str) -> None:
    code = f"T = {{'type': 'function', 'function': {{'name': 'send', 'parameters': {parameters}}}}}"
    (tool,), text = adopted(tmp_path, "a.py", code)
    assert tool["function"]["parameters"]["properties"] == expected
    assert "# known only when the program runs: " in text
    assert comment in text
    assert "none are described" not in text


def test_a_function_that_only_the_program_can_describe_is_named(tmp_path: Path) -> None:
    code = "T = [{'type': 'function', 'function': described(send)}]"
    tools, text = adopted(tmp_path, "a.py", code)
    assert tools == []
    assert "# a function that only the program can describe: a.py:1" in text
