"""Writes the results as a file of assistants for the user to complete: YAML, with a comment for each place and each
unknown value.
"""

from collections.abc import Iterator
from typing import Final

from shim.migrate.adopt.results import Adopted, Function, Place, Setup
from shim.wire import encoding

HEAD: Final = """\
# Written by `assistants-shim adopt`. Fill in what is unknown, then:
#   assistants-shim check {file}
#   export SHIM_ASSISTANTS={file}      (or: assistants-shim assistants apply {file})
"""
CHANGES: Final = """\
# The program changes an assistant itself ({places}), which it may not where a file declares one: take
#   assistants-shim assistants apply {file}
# and not SHIM_ASSISTANTS.
"""


def render(assistants: list[Adopted], file: str) -> str:
    """The whole file, which will have the name ``file``."""
    head = HEAD.format(file=file)
    if places := list(dict.fromkeys(str(place) for one in assistants for place in one.changes)):
        head += CHANGES.format(places=", ".join(places), file=file)
    return f"{head}assistants:\n" + "".join("\n".join(_lines(each)) + "\n" for each in assistants)


def _lines(each: Adopted) -> Iterator[str]:
    yield f"  - id: {each.id}"
    places = [str(place) for place in each.places] or ["given on the command line"]
    yield from (f"    # found: {place}" for place in places)
    yield from _model(each)
    yield from _text_field(each, "name", "unknown")
    yield from _text_field(each, "instructions", "unknown: the text, or instructions_file: FILE instead")
    unread = [f"      # a function that only the program can describe: {place}" for place in each.unread]
    if not each.functions and not each.hosted:
        yield "    tools: []" + ("" if unread else "  # none were seen")
        yield from unread
        return
    yield "    tools:"
    yield from (f"      - type: {tool}  # seen: {place}" for tool, place in each.hosted.items())
    for name, place in each.functions.items():
        yield from _function(name, place, each.described.get(name))
    yield from unread
    if each.stores:
        ids = list(each.stores)
        yield "    tool_resources:"
        yield f"      file_search: {{vector_store_ids: [{ids[0]}]}}  # seen: {each.stores[ids[0]]}"
        yield from (f"      # another: {id}, seen: {each.stores[id]}" for id in ids[1:])


def _model(each: Adopted) -> Iterator[str]:
    setups = [setup for setup in each.setups if "model" in setup.values]
    of_setups = {setup.values["model"]: setup.place for setup in reversed(setups)}
    seen = of_setups | {name: place for name, place in each.models.items() if name not in of_setups}
    certain = {setup.values["model"] for setup in _certain(each, setups)}
    likely = certain or (set(seen) if each.models else set())
    model = next(iter(likely)) if len(likely) == 1 else None
    if model is None:
        yield "    model: null  # unknown: the model, such as gpt-4.1"
    else:
        yield f"    model: {_text(model)}  # seen: {seen[model]}; make sure that it is this assistant's"
    yield from (f"    #      {other}  # seen: {place}" for other, place in seen.items() if other != model)


def _text_field(each: Adopted, what: str, unknown: str) -> Iterator[str]:
    """A text field of the assistant, from a call or an object.  A text that may be another assistant's is a comment."""
    telling = [setup for setup in each.setups if what in setup.values or what in setup.computed]
    certain = _certain(each, telling)
    texts = {setup.values.get(what) for setup in certain}
    text = next(iter(texts)) if len(texts) == 1 else None
    if text is None:
        computed = [setup for setup in telling if what not in setup.values]
        where = f"; made by the program: {computed[0].place}" if computed else ""
        yield f"    {what}: null  # {unknown}{where}"
    else:
        yield f"    {what}: {_text(text)}  # {_source(certain[0], what)}"
    for setup in telling:
        if setup.values.get(what, text) != text:
            yield f"    #   perhaps {_text(setup.values[what])}  # {_source(setup, what)}"


def _certain(each: Adopted, setups: list[Setup]) -> list[Setup]:
    """Those that are this assistant's: they name its id, or the project has no other assistant."""
    return [setup for setup in setups if setup.id] or (setups if each.only else [])


def _source(setup: Setup, what: str) -> str:
    part = "; the program puts in what stands in braces" if what in setup.computed else ""
    return f"seen: {setup.place}{part}"


def _text(text: str) -> str:
    """A text in one line of YAML, without quotes if possible."""
    plain = text.replace("-", "").replace(".", "").replace("_", "")
    return text if plain.isalnum() and not plain.isdigit() else encoding.text(text)


def _function(name: str, place: Place, function: Function | None) -> Iterator[str]:
    yield "      - type: function"
    yield "        function:"
    yield f"          name: {name}  # seen: {place}"
    if function is None or function.description is None:
        yield "          description: null  # unknown: when the model is to call it"
    else:
        yield f"          description: {encoding.text(function.description)}"
    if function is None or not function.parameters:
        hint = f"; {function.note}" if function and function.note else ""
        yield f"          parameters: {{type: object, properties: {{}}}}  # unknown{hint}"
    elif function.origin:
        yield from _parameters(function)
    else:
        note = f"  # {function.note}" if function.note else ""
        yield f"          parameters: {encoding.text(function.parameters)}{note}"
    for part in function.unread if function else ():
        yield f"          # known only when the program runs: {part}"


def _parameters(function: Function) -> Iterator[str]:
    parameters = function.parameters
    yield f"          parameters:  # {function.origin}"
    yield "            type: object"
    if not parameters["properties"]:
        yield "            properties: {}"
    else:
        yield "            properties:"
        for key, kind in parameters["properties"].items():
            words = ", ".join(f"{word}: {value}" for word, value in kind.items())
            shown = f"{{{words}}}" if kind else "{}  # unknown type"
            yield f"              {_text(key)}: {shown}"
    if "required" in parameters:
        yield f"            required: [{', '.join(map(_text, parameters['required']))}]"
