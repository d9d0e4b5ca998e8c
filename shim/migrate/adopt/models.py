"""The models that a program names for the Assistants API; those that it names for other APIs are left out."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from shim.migrate.adopt.results import File, Place
from shim.migrate.signatures import assignments

MODEL: Final = re.compile(r"""\bmodel["']?\s*[:=]\s*["']((?:gpt|o\d|chatgpt|ft:)[\w.:-]*)["']""")
_NAME: Final = re.compile(r"(?:gpt|o\d|chatgpt|ft:)[\w.:-]*")
#: Calls of the Assistants API, and of what programs wrap around it.
_OURS: Final = re.compile(r"(?i)assistant|thread|\bruns?\b|create_run|run_and")
#: Parts of other APIs, and classes of other libraries.
_OTHERS: Final = re.compile(
    r"\b(?:a?completions?|embeddings?|audio|images|moderations|responses|fine_tuning|messages|Chat\w+|\w*LLM)\b"
)
_SETUP: Final = re.compile(r"\bassistants\.(?:create|update)$")
#: Keys beside ``model`` in the body of a request to another API.
_OTHER_BODIES: Final = frozenset({"messages", "input", "prompt", "file"})
#: What stands before the bracket of a call of another API, in the words of several SDKs.
_OTHER_CALLS: Final = re.compile(
    r"(?i)(?:completions?|embeddings?|audio|transcriptions?|speech|images|moderations?|responses|fine_?tuning(?:\.jobs)?"
    r"|(?-i:\bChat[A-Z]\w*)|messages)(?:\s*\.\s*\w+|Create\w*)?\s*$"
)


def of_text(file: File) -> None:
    """Add the models that a text in any language names."""
    for match in MODEL.finditer(file.code):
        if not any(_OTHER_CALLS.search(before) for before in _calls(file.code[: match.start()])):
            file.models.setdefault(match[1], file.place(match.start(1)))


def _calls(text: str) -> Iterator[str]:
    """What stands before each bracket that is open at the end of a text."""
    depth = 0
    for offset in range(len(text) - 1, max(len(text) - 2000, -1), -1):
        depth += {")": 1, "(": -1}.get(text[offset], 0)
        if depth < 0:
            depth = 0
            yield text[max(offset - 60, 0) : offset]


def of_python(file: File, tree: ast.AST) -> None:
    """Add the models that Python code names: in a call of the Assistants API, in a dictionary, or as a variable that
    only other APIs do not get.  Calls that create an assistant are read by another module.
    """
    calls = [(node, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ours = [node for node, of in calls if _OURS.search(of) and not _OTHERS.search(of)]
    others = [node for node, of in calls if _OTHERS.search(of)]
    setups = {id(node) for node, of in calls if _SETUP.search(of)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            _add(file, _of_dictionary(node))
    _add(file, (model for call in ours if id(call) not in setups for model in _given(call)))
    taken, given_away = _names(ours), _names(others)
    for name, value in assignments([tree]):
        if name.lower() == "model" and (name in taken or name not in given_away):
            _add(file, [value])


def _given(call: ast.Call) -> list[ast.expr]:
    return [each.value for each in call.keywords if each.arg == "model"]


def _names(calls: list[ast.Call]) -> set[str]:
    """The variables that calls get as their model."""
    return {each.id for call in calls for each in _given(call) if isinstance(each, ast.Name)}


def _of_dictionary(node: ast.Dict) -> list[ast.expr]:
    entries = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    return [entries["model"]] if "model" in entries and not _OTHER_BODIES & entries.keys() else []


def _add(file: File, values: Iterable[ast.expr]) -> None:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _NAME.fullmatch(value.value):
            file.models.setdefault(value.value, Place(file.name, value.lineno))
