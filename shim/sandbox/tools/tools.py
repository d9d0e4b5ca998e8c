"""The tools of a request, by type: their checks, and their echoes.

`TOOLS` has a row for every type that the sandbox supports; others are refused like an unknown type.  The rows of hosted
tools are in `hosted`.
"""

from typing import Any, Final

from shim.sandbox.shapes import refuse, strict
from shim.sandbox.shapes.fields import an_object, array, boolean, either, nullable, one_of, record, string, tagged
from shim.sandbox.shapes.models import Model
from shim.sandbox.tools.hosted import HOSTED, Maker, name_of
from shim.wire.types import Json

NAME: Final = string(128, pattern="[a-zA-Z0-9_-]+", empty=False)


def function(tool: Json, path: str, model: Model) -> Json:
    """The echo of a function tool; a missing ``strict`` becomes true, and the schema is rewritten for it."""
    wanted, parameters = tool.get("strict"), tool.get("parameters")
    if parameters is not None:
        problem = strict.problem(parameters) if wanted else strict.no_object(parameters)
        if problem:
            raise refuse.bad_schema(tool["name"], problem, f"{path}.parameters", "invalid_function_parameters")
    if wanted is None:
        closed = strict.rewritten(parameters)
        wanted, parameters = closed is not None, closed or parameters
    echo: Json = {
        "type": "function",
        "description": tool.get("description") or None,
        "name": tool["name"],
        "parameters": parameters,
        "strict": wanted,
    }
    return echo | ({"output_schema": tool.get("output_schema")} if model.newest else {})


_FUNCTION: Final = record(
    {
        "type": one_of("function"),
        "name": NAME,
        "description": nullable(string()),
        "parameters": nullable(an_object),
        "strict": nullable(boolean),
        "output_schema": nullable(an_object),
        "defer_loading": boolean,
        "allowed_callers": nullable(array(string())),
    },
    "name",
)

TOOLS: Final[dict[str, Maker]] = {
    "function": Maker(_FUNCTION, function),
    **HOSTED,
}

_NAMED: Final = {"type": string(), "name": string(empty=False)}
_LABELLED: Final = {"type": string(), "server_label": string(empty=False), "name": nullable(string())}
_CHOICES: Final = tagged(
    {
        "function": record(_NAMED, "name"),
        "allowed_tools": record(
            {
                "type": string(),
                "mode": one_of("auto", "required"),
                "tools": array(
                    tagged(
                        {
                            **{kind: record({"type": string()}) for kind in HOSTED},
                            "function": record(_NAMED, "name"),
                            "mcp": record(_LABELLED, "server_label"),
                        }
                    ),
                    empty=False,
                ),
            },
            "mode",
            "tools",
        ),
        **{kind: record({"type": string()}) for kind in HOSTED},
        "mcp": record(_LABELLED, "server_label"),
    }
)

#: The checks of a request's ``tools`` and ``tool_choice``.
CHECK: Final = array(tagged({kind: maker.check for kind, maker in TOOLS.items()}), max_length=128)
CHOICE: Final = either("one of a string or an object", {str: one_of("none", "auto", "required"), dict: _CHOICES})


def echoes(tools: list[Json], model: Model) -> list[Json]:
    """The tools as the response shows them."""
    _distinct(tools)
    return [TOOLS[tool["type"]].echo(tool, f"tools[{index}]", model) for index, tool in enumerate(tools)]


def _distinct(tools: list[Json]) -> None:
    seen: set[str] = set()
    for index, tool in enumerate(tools):
        name = str(tool.get("name") or tool.get("server_label") or tool["type"])
        if name in seen:
            message = f"Duplicate tool name '{name}'. Tool names must be unique."
            raise refuse.Refused(message, param=f"tools[{index}].name", code="invalid_value")
        seen.add(name)


def called(tool: Json) -> str:
    """The name by which a tool, or a choice of one, is known in a conversation."""
    return str(tool["name"] if tool["type"] == "function" else name_of(tool["type"]))


def names_in(choice: Json) -> list[str]:
    """The names in a ``tool_choice`` that is an object."""
    return [called(each) for each in (choice["tools"] if choice["type"] == "allowed_tools" else [choice])]


def check_choice(choice: Any, tools: list[Json]) -> None:
    """Refuses a choice that names a missing tool."""
    if choice == "required" and not tools:
        raise refuse.Refused("Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
    if not isinstance(choice, dict):
        return
    names = {called(tool) for tool in tools}
    for name in names_in(choice):
        if name not in names:
            raise refuse.Refused(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")
