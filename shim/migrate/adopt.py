"""Finds the assistants' ids in a project: where each is, and what the code around it says about its tools.

The vendor shows no assistant any more, so what was set up in its dashboard is to be filled in.  What the code still
knows is found: names of functions that it handles, their parameters where Python functions of that name are defined,
hosted tools, files, vector stores and models that it names.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shim.wire.types import Json

#: An id.  One letter over and over, as `asst_xxxxx`, stands for one.
ID: Final = re.compile(r"\basst_(?!([A-Za-z0-9])\1*\b)[A-Za-z0-9]{3,64}\b")
#: The name that the id is given where it stands: ``ASSISTANT_ID=asst_…``, ``assistantId: "asst_…"``.
NAME: Final = re.compile(r"""["']?([A-Za-z_][\w.-]*)["']?\s*(?::\s*\w+\s*)?[:=]\s*["'`]?asst_""")
#: Names of files end so, and of folders are so.
SUFFIXES: Final = re.compile(
    r"\.(py|ipynb|js|jsx|mjs|cjs|ts|tsx|go|rb|php|java|kt|cs|rs|swift|sh|env|json|ya?ml|toml|ini|cfg|conf|properties|tf"
    r"|tfvars|xml|txt|md|example|local)$"
)
SKIPPED: Final = re.compile(
    r"\.(git|hg|svn|venv|next|tox|nox)|node_modules|venv|env|__pycache__|dist|build|site-packages|target"
)
LARGEST: Final = 2_000_000
#: Code that answers function calls says one of these.
HANDLES: Final = re.compile(r"requires_action|submit_tool_outputs|submitToolOutputs|required_action|tool_calls")
HANDLED: Final = (
    re.compile(r"""\bname\s*={2,3}\s*["'](\w{1,64})["']"""),
    re.compile(r"""\b(?:function_name|functionName|func_name|tool_name|toolName|fn)\s*={2,3}\s*["'](\w{1,64})["']"""),
    re.compile(r"""^\s*case\s+["'](\w{1,64})["']\s*:""", re.MULTILINE),
    re.compile(
        r"""["']type["']\s*:\s*["']function["']\s*,\s*["']function["']\s*:\s*\{\s*["']name["']\s*:\s*["'](\w{1,64})["']"""
    ),
)
HOSTED: Final = {
    "file_search": re.compile(r"\bfile_search\b|\bvs_[A-Za-z0-9]{8,}\b|['\"]retrieval['\"]"),
    "code_interpreter": re.compile(r"\bcode_interpreter\b"),
}
STORE: Final = re.compile(r"\bvs_[A-Za-z0-9]{8,64}\b")
MODEL: Final = re.compile(r"""\bmodel["']?\s*[:=]\s*["']((?:gpt|o\d|chatgpt|ft:)[\w.:-]*)["']""")
TYPES: Final = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """A place where something stands.  ``name``: what it is called there."""

    file: str
    line: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" ({self.name})" if self.name else "")


@dataclass(slots=True)
class Adopted:
    """An assistant, as far as the project knows it; each thing with where it was seen."""

    id: str
    places: list[Sight] = field(default_factory=list)
    functions: dict[str, Sight] = field(default_factory=dict)
    hosted: dict[str, Sight] = field(default_factory=dict)
    stores: dict[str, Sight] = field(default_factory=dict)
    models: dict[str, Sight] = field(default_factory=dict)
    parameters: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class _File:
    name: str
    ids: dict[str, list[Sight]] = field(default_factory=dict)
    functions: dict[str, Sight] = field(default_factory=dict)
    hosted: dict[str, Sight] = field(default_factory=dict)
    stores: dict[str, Sight] = field(default_factory=dict)
    models: dict[str, Sight] = field(default_factory=dict)
    defined: dict[str, Json] = field(default_factory=dict)
    text: str = ""


def adopt(paths: Iterable[Path], ids: Iterable[str] = ()) -> list[Adopted]:
    """The assistants that files below ``paths`` name, and ``ids``; in the order in which they are found."""
    files = [_look(path, name) for place in paths for path, name in _walk(place)]
    made = {id: Adopted(id) for id in ids}
    for file in files:
        for id, places in file.ids.items():
            made.setdefault(id, Adopted(id)).places.extend(places)
    for each in made.values():
        _fill(each, files, alone=len(made) == 1)
    return list(made.values())


def _fill(adopted: Adopted, files: list[_File], alone: bool) -> None:
    """What belongs to an assistant: what stands in files with its id or a name of it; in all, if there is no other."""
    names = [place.name for place in adopted.places if place.name]
    for file in files:
        if alone or adopted.id in file.ids or any(re.search(rf"\b{re.escape(name)}\b", file.text) for name in names):
            for found in ("functions", "hosted", "stores", "models"):
                for what, place in getattr(file, found).items():
                    getattr(adopted, found).setdefault(what, place)
    for file in files:
        for name in adopted.functions.keys() & file.defined.keys():
            adopted.parameters.setdefault(name, file.defined[name])


def _walk(place: Path) -> Iterator[tuple[Path, str]]:
    if not place.is_dir():
        yield place, str(place)
        return
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if SKIPPED.fullmatch(name) is None)
        for name in sorted(files):
            path = Path(folder) / name
            if (SUFFIXES.search(name) or name.startswith((".env", "Dockerfile"))) and path.stat().st_size <= LARGEST:
                yield path, str(path.relative_to(place))


def _look(path: Path, name: str) -> _File:
    text = path.read_text(encoding="utf-8", errors="replace")
    file = _File(name, text=text)
    for number, line in enumerate(text.splitlines(), 1):
        for found in ID.finditer(line):
            named = NAME.search(line)
            file.ids.setdefault(found[0], []).append(Sight(name, number, named[1] if named else ""))
    _sight(file, file.models, MODEL, 1)
    _sight(file, file.stores, STORE, 0)
    for tool, pattern in HOSTED.items():
        if (seen := pattern.search(text)) is not None:
            file.hosted[tool] = _place(file, seen.start())
    if HANDLES.search(text):
        for pattern in HANDLED:
            _sight(file, file.functions, pattern, 1)
    if path.suffix == ".py":
        _look_into_python(file)
    return file


def _sight(file: _File, into: dict[str, Sight], pattern: re.Pattern[str], group: int) -> None:
    for found in pattern.finditer(file.text):
        into.setdefault(found[group], _place(file, found.start(group)))


def _place(file: _File, offset: int) -> Sight:
    return Sight(file.name, file.text.count("\n", 0, offset) + 1)


def _look_into_python(file: _File) -> None:
    """Functions that are defined, and tables from names to them."""
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            file.defined.setdefault(node.name, _schema(node))
        elif isinstance(node, ast.Dict) and HANDLES.search(file.text):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Name) and key.value == value.id:
                    file.functions.setdefault(value.id, Sight(file.name, key.lineno))


def _schema(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Json:
    """Parameters as a JSON schema, as far as annotations tell."""
    given = node.args
    named = [one for one in [*given.posonlyargs, *given.args, *given.kwonlyargs] if one.arg not in ("self", "cls")]
    optional = (
        {one.arg for one in [*given.posonlyargs, *given.args][-len(given.defaults) :]} if given.defaults else set()
    )
    optional |= {
        one.arg for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is not None
    }
    properties = {one.arg: _type(one.annotation) for one in named}
    required = [one.arg for one in named if one.arg not in optional]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _type(annotation: ast.expr | None) -> Json:
    name = annotation.id if isinstance(annotation, ast.Name) else ""
    return {"type": TYPES[name]} if name in TYPES else {}


HEAD: Final = """\
# Written by `assistants-shim adopt`. Fill in what is unknown, then:
#   assistants-shim check {file}
#   export SHIM_ASSISTANTS={file}      (or: assistants-shim assistants apply {file})
assistants:
"""


def written(found: list[Adopted], file: str) -> str:
    """A file of assistants to fill in: YAML, with a comment for each thing that was seen or is unknown."""
    return HEAD.format(file=file) + "".join("\n".join(_lines(each)) + "\n" for each in found)


def _lines(each: Adopted) -> Iterator[str]:
    yield f"  - id: {each.id}"
    places = [str(place) for place in each.places] or ["given on the command line"]
    yield from (f"    # found: {place}" for place in places)
    models = list(each.models.items())
    if models:
        yield f"    model: {models[0][0]}  # seen: {models[0][1]}; make sure that it is this assistant's"
        yield from (f"    #      {model}  # seen: {place}" for model, place in models[1:])
    else:
        yield "    model: null  # unknown: the model, such as gpt-4.1"
    yield "    name: null  # unknown"
    yield "    instructions: null  # unknown: the text, or instructions_file: FILE instead"
    if not each.functions and not each.hosted:
        yield "    tools: []  # none were seen"
        return
    yield "    tools:"
    yield from (f"      - type: {tool}  # seen: {place}" for tool, place in each.hosted.items())
    for name, place in each.functions.items():
        yield from _function(name, place, each.parameters.get(name))
    if each.stores:
        ids = list(each.stores)
        yield "    tool_resources:"
        yield f"      file_search: {{vector_store_ids: [{ids[0]}]}}  # seen: {each.stores[ids[0]]}"
        yield from (f"      # another: {id}, seen: {each.stores[id]}" for id in ids[1:])


def _function(name: str, place: Sight, parameters: Json | None) -> Iterator[str]:
    yield "      - type: function"
    yield "        function:"
    yield f"          name: {name}  # seen: {place}"
    yield "          description: null  # unknown: when the model is to call it"
    if parameters is None:
        yield "          parameters: {type: object, properties: {}}  # unknown"
        return
    yield "          parameters:  # as the function of this name is defined"
    yield "            type: object"
    if not parameters["properties"]:
        yield "            properties: {}"
    else:
        yield "            properties:"
        for key, kind in parameters["properties"].items():
            shown = f"{{type: {kind['type']}}}" if kind else "{}  # unknown type"
            yield f"              {key}: {shown}"
    if "required" in parameters:
        yield f"            required: [{', '.join(parameters['required'])}]"
