"""Tools in both directions: one row a tool type.

The two APIs have opposite defaults for functions: in the Assistants API they were not strict, in the Responses API they
are, and upstream then rewrites the schema; so ``strict`` is always sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shim.wire.passed_on import PASSED_ON
from shim.wire.types import Json

RANKING: Final = {"ranker": "default_2024_08_21", "score_threshold": 0.0, "hybrid_search": None}
#: The kinds of resources, each with the name of its list.
LISTS: Final = {"code_interpreter": "file_ids", "file_search": "vector_store_ids"}
NO_PARAMETERS: Final = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Tool:
    """``shown``: how an assistant and a run show the tool.  ``sent``: how upstream gets it, given the run's resources.

    ``include``: values of the request's ``include`` that steps need to show the tool's results.  ``back``: a path in
    the tool as it is sent, and the path in the caller's tool, or, if it begins with ``/``, in the caller's request; to
    translate errors.
    """

    shown: Callable[[Json], Json]
    sent: Callable[[Json, Json], Json]
    include: tuple[str, ...] = ()
    back: Mapping[str, str] = field(default_factory=dict)


def _fields_of(source: Json, *names: str) -> Json:
    return {name: source[name] for name in names if source.get(name) is not None}


def _show_function(tool: Json) -> Json:
    function = tool["function"]
    shown = {"name": function["name"], "description": function.get("description")}
    parameters = function.get("parameters")
    return {
        "type": "function",
        "function": shown
        | {
            "parameters": NO_PARAMETERS if parameters is None else parameters,
            "strict": bool(function.get("strict")),
        },
    }


def _send_function(tool: Json, resources: Json) -> Json:
    function = tool["function"]
    return {
        "type": "function",
        "name": function["name"],
        **_fields_of(function, "description"),
        "parameters": function["parameters"],
        "strict": function["strict"],
    }


def _show_search(tool: Json) -> Json:
    options = _fields_of(tool.get("file_search") or {}, "max_num_results", "ranking_options")
    return {
        "type": "file_search",
        "file_search": options
        | {"ranking_options": RANKING | _fields_of(options.get("ranking_options", {}), *RANKING)},
    }


def _send_search(tool: Json, resources: Json) -> Json:
    options = tool["file_search"]
    stores = (resources.get("file_search") or {}).get("vector_store_ids") or []
    sent = {"type": "file_search", "vector_store_ids": stores} | _fields_of(options, "max_num_results")
    if threshold := options["ranking_options"]["score_threshold"]:
        sent["ranking_options"] = {"score_threshold": threshold}
    return sent


def _show_code(tool: Json) -> Json:
    return {"type": "code_interpreter"}


def _send_code(tool: Json, resources: Json) -> Json:
    files = (resources.get("code_interpreter") or {}).get("file_ids") or []
    return {"type": "code_interpreter", "container": {"type": "auto"} | ({"file_ids": files} if files else {})}


def _unchanged(tool: Json, resources: Json | None = None) -> Json:
    return tool


TOOLS: Final[dict[str, Tool]] = {
    "function": Tool(
        _show_function,
        _send_function,
        back={
            "type": "type",
            "name": "function.name",
            "description": "function.description",
            "parameters*": "function.parameters*",
            "strict": "function.strict",
        },
    ),
    "file_search": Tool(
        _show_search,
        _send_search,
        ("file_search_call.results",),
        {
            "type": "type",
            "max_num_results": "file_search.max_num_results",
            "ranking_options*": "file_search.ranking_options*",
            "vector_store_ids*": "/tool_resources.file_search.vector_store_ids*",
        },
    ),
    "code_interpreter": Tool(
        _show_code,
        _send_code,
        ("code_interpreter_call.outputs",),
        {
            "type": "type",
            "container": "",
            "container.type": "",
            "container.file_ids*": "/tool_resources.code_interpreter.file_ids*",
        },
    ),
    **dict.fromkeys(PASSED_ON, Tool(_unchanged, _unchanged, back={"*": "*"})),
}


def shown(tools: list[Json] | None) -> list[Json]:
    """Tools as an assistant or a run shows them: every default filled in."""
    return [TOOLS[tool["type"]].shown(tool) for tool in tools or []]


def sent(tools: list[Json], resources: Json) -> list[Json]:
    """A run's tools in the form for upstream.  A file search without a vector store, which the old API accepted, is
    left out, as upstream refuses it.
    """
    sent_tools = (TOOLS[tool["type"]].sent(tool, resources) for tool in tools)
    return [tool for tool in sent_tools if tool.get("vector_store_ids") != []]


def includes(tools: list[Json]) -> list[str]:
    """The values of ``include`` for these tools."""
    return sorted({value for tool in tools for value in TOOLS[tool["type"]].include})


def unknown_choice(tool_choice: Any, tools: list[Json]) -> str | None:
    """The tool that ``tool_choice`` names, if it is not among the run's ``tools``."""
    if not isinstance(tool_choice, dict):
        return None
    kind = str(tool_choice["type"])
    if kind != "function":
        return None if any(tool["type"] == kind for tool in tools) else kind
    name = str(tool_choice["function"]["name"])
    known = (tool["function"]["name"] for tool in tools if tool["type"] == "function")
    return None if name in known else name


def choice(tool_choice: Any, tools: list[Json]) -> Any:
    """``tool_choice`` in the form for upstream: flat; the Assistants API nested the function's name.

    ``tools``: those that are sent; a file search that was left out cannot be chosen.
    """
    if not isinstance(tool_choice, dict):
        return tool_choice
    if tool_choice["type"] == "file_search" and not any(tool["type"] == "file_search" for tool in tools):
        return "auto"
    name = {"name": tool_choice["function"]["name"]} if tool_choice["type"] == "function" else {}
    return {"type": tool_choice["type"]} | name


def resources(tools: list[Json], *sources: Json | None) -> Json:
    """``tool_resources`` as objects show them: each kind with its list, from the first of the sources that gives it; an
    empty list if none does, and for each hosted tool without any.

    A null gives nothing, neither in place of a list nor of what contains it.
    """
    given = [source for source in sources if source is not None]
    kinds = {tool["type"] for tool in tools} | {kind for source in given for kind in source if source[kind] is not None}
    return {kind: {name: _first_list(given, kind, name)} for kind, name in LISTS.items() if kind in kinds}


def _first_list(sources: list[Json], kind: str, name: str) -> list[str]:
    lists = ((source.get(kind) or {}).get(name) for source in sources)
    return next((each for each in lists if each is not None), [])
