"""The parameters of functions without a described schema: what the code reads, or nothing."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.migrate.adopt import adopt, render

OWN = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"
LOOP = """
import json
for tool_call in run.required_action.submit_tool_outputs.tool_calls:
    arguments = json.loads(tool_call.function.arguments)
"""


def adopted(folder: Path, **files: str) -> tuple[Any, str]:
    """The parameters of the only function, and the whole text."""
    for name, text in {"env": f"ID={OWN}\n", **files}.items():
        (folder / (".env" if name == "env" else f"{name}.py")).write_text(text)
    text = render(adopt([folder], environment={}).assistants, "assistants.yaml")
    (tool,) = yaml.safe_load(text)["assistants"][0]["tools"]
    return tool["function"]["parameters"], text


def schema(required: list[str], **properties: Any) -> dict[str, Any]:
    made = {"type": "object", "properties": {name: {"type": kind} if kind else {} for name, kind in properties.items()}}
    return made | ({"required": required} if required else {})


def branch(*lines: str, name: str = "look_up") -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return f"{LOOP}    if tool_call.function.name == '{name}':\n{body}"


UNKNOWN = schema([])


CASES = [
    # The key has another name than the parameter.
    (
        "def look_up(s: str): ...",
        ("code = json.loads(tool_call.function.arguments)['code']", "look_up(code)"),
        schema(["code"], code="string"),
    ),
    (
        "def look_up(url: str): ...",
        ("look_up(arguments['article_url'])",),
        schema(["article_url"], article_url="string"),
    ),
    ("def look_up(url=None): ...", ("look_up(url=arguments.get('link'))",), schema([], link="")),
    ("def look_up(url): ...", ("look_up(arguments.get('link'))",), schema(["link"], link="")),
    (
        "def look_up(client, n: int): ...",
        ("look_up(client, int(arguments['count']))",),
        schema(["count"], count=""),
    ),
    (
        "def look_up(a, b: int): ...",
        ("a, b = arguments['first'], arguments['second']", "out = self.look_up(a, b)"),
        schema(["first", "second"], first="", second="integer"),
    ),
    # Keys that the code for this function reads, whatever it calls.
    ("", ("out = requests.get(arguments['article_url'])",), schema(["article_url"], article_url="")),
    ("", ("if 'unit' in arguments:", "    unit = arguments['unit']"), schema([], unit="")),
    # The whole dictionary.
    (
        "def look_up(args: Dict):\n    return args.get('value'), args['rate']",
        ("look_up(arguments)",),
        schema(["rate"], value="", rate=""),
    ),
    ("def look_up(args: dict[str, Any]):\n    return run(**args)", ("look_up(arguments)",), UNKNOWN),
    (
        "def look_up(call):\n    given = json.loads(call.function.arguments)\n    return given['city']",
        ("look_up(tool_call)",),
        schema(["city"], city=""),
    ),
    # As they are.
    ("def look_up(s: str, n=1): ...", ("look_up(**arguments)",), schema(["s"], s="string", n="")),
    ("def look_up(**kwargs):\n    return kwargs['s']", ("look_up(**arguments)",), schema(["s"], s="")),
    ("def look_up(client, s): ...", ("look_up(client, **arguments)",), schema(["s"], s="")),
    ("def look_up(): ...", ("look_up()",), UNKNOWN),
    ("def look_up(s: str): ...", ("return look_up",), schema(["s"], s="string")),
    # It is not seen where the value comes from.
    ("def look_up(s: str): ...", ("look_up(prepare(tool_call))",), UNKNOWN),
    (
        "def log(x): ...\ndef look_up(s: str): ...",
        ("log(arguments)", "look_up(arguments['a'])"),
        schema(["a"], a="string"),
    ),
]


@pytest.mark.parametrize("definition, lines, expected", CASES)
def test_the_keys_that_the_code_for_a_function_reads(
    tmp_path: Path, definition: str, lines: tuple[str, ...], expected: Any
) -> None:
    assert adopted(tmp_path, bot=branch(*lines), tools=definition)[0] == expected


@pytest.mark.parametrize(
    "call, definition, expected",
    [
        ("table[name](arguments)", "def look_up(inputs):\n    return inputs['query']", schema(["query"], query="")),
        ("table.get(name)(**arguments)", "def look_up(s: str): ...", schema(["s"], s="string")),
        ("chosen = table[name]; chosen(link=arguments.get('link'))", "def look_up(link=''): ...", schema([], link="")),
        ("table[name](arguments)", "def look_up(s): ...", UNKNOWN),
        ("pass", "def look_up(args: Dict): ...", UNKNOWN),
        ("pass", "def look_up(args: Dict, more: Dict): ...", UNKNOWN),
        ("pass", "def look_up(args: Dict): return args['a']", schema(["a"], a="")),
        ("table[name](**arguments); table[name](arguments)", "def look_up(s): return s['a']", UNKNOWN),
    ],
)
def test_functions_that_are_looked_up_in_a_table(tmp_path: Path, call: str, definition: str, expected: Any) -> None:
    code = f"from tools import look_up\ntable = {{'look_up': look_up}}\n{LOOP}    {call}\n"
    assert adopted(tmp_path, bot=code, tools=definition)[0] == expected


def test_a_key_that_is_read_before_it_is_known_which_function_is_called(tmp_path: Path) -> None:
    code = branch("look_up(url)").replace("    if", "    url = arguments['article_url']\n    if", 1)
    assert adopted(tmp_path, bot=code, tools="def look_up(url): ...")[0] == schema(["article_url"], article_url="")
    code = code.replace("    if", "    url = arguments['other']\n    if", 1)
    assert adopted(tmp_path, bot=code)[0] == UNKNOWN


def test_a_match_statement_and_places_that_differ(tmp_path: Path) -> None:
    code = f"{LOOP}    match tool_call.function.name:\n        case 'look_up':\n            look_up(arguments['a'])\n"
    assert adopted(tmp_path, bot=code, tools="def look_up(s): ...")[0] == schema(["a"], a="")
    assert adopted(tmp_path, other=branch("look_up(arguments['b'])"))[0] == UNKNOWN


def test_the_text_says_where_parameters_come_from(tmp_path: Path) -> None:
    assert "parameters:  # as the code reads them" in adopted(tmp_path, bot=branch("f(arguments['a'])"))[1]
    _, text = adopted(tmp_path, bot=branch("look_up(other)"), tools="\ndef look_up(s, **more): ...")
    assert "properties: {}}  # unknown; look_up(s, **) stands at tools.py:2" in text


def test_a_list_has_items_of_any_type(tmp_path: Path) -> None:
    """The API refuses arrays without ``items``."""
    found, text = adopted(tmp_path, bot=branch("look_up(**arguments)"), tools="def look_up(a: list, b: str): ...")
    assert found["properties"] == {"a": {"type": "array", "items": {}}, "b": {"type": "string"}}
    assert "b: {type: string}\n" in text
