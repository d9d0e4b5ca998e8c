"""Searches the text of a file with patterns, in any language."""

import re
from collections.abc import Iterator
from typing import Final, get_args

from shim.lifecycle import RunStatus
from shim.migrate.adopt.results import File, Function, Place

#: The form of an id.  OpenAI's have 24 characters; a shorter one needs a digit, so that words of the code do not match.
ID: Final = re.compile(r"\basst_([A-Za-z0-9]{24}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{8,64})\b")
#: Placeholders: a few repeated characters, or examples of documentations.
PLACEHOLDER: Final = re.compile(r"(\w{1,4})\1+|abc123\w*|(?i:your|example|xxx)\w*")
#: The name of a variable with the id: ``ASSISTANT_ID=asst_…``, ``assistantId: "asst_…"``.
NAME: Final = re.compile(r"""["']?([A-Za-z_][\w.-]*)["']?\s*(?::\s*\w+\s*)?[:=]\s*["'`]?asst_""")
#: A variable of the environment or a secret that is read, in the words of several languages.
READ: Final = re.compile(
    r"(?i:(?:\b(?:process\.env|import\.meta\.env|secrets)\??\."
    r"|(?:environ|\benv|\bsecrets|process\.env|getenv|getEnvironmentVariable|\bconfig)(?:\.get|\.fetch)?\s*[(\[]\s*[\"'`])"
    r"(\w*(?:assistant|asst)\w*))"
)
#: A call that changes an assistant, in the words of several SDKs.
CHANGES: Final = re.compile(r"\bassistants\.(?:update|modify)\b\s*\(")
_AN_ID: Final = re.compile(r"(?i)(?:^|_)id(?:$|_)|assistant$|\wId(?:$|[A-Z_])|assistantid")
#: Words that occur in code that answers function calls.
HANDLES: Final = re.compile(
    r"requires_action|submit_tool_outputs|submitToolOutputs|required_action|tool_calls|function_map|register_function"
)
#: Objects whose names are not names of functions.
_OTHERS: Final = re.compile(r"(?i)(assistant|asst|agent|file|store|thread|user|model|event|param|message)s?\]?\.?$")
HANDLED: Final = (
    re.compile(r"""(?P<of>[\w.\]]*)\b[nN]ame\s*={2,3}\s*["'](?P<name>\w{1,64})["']"""),
    re.compile(
        r"""(?P<of>)\b(?:function_name|functionName|func_name|tool_name|toolName|fn)\s*={2,3}\s*["'](?P<name>\w{1,64})["']"""
    ),
    re.compile(r"""(?P<of>)^\s*(?:case|when)\s+["'](?P<name>\w{1,64})["']""", re.MULTILINE),
    re.compile(r"""(?P<of>)^\s*["'](?P<name>\w{1,64})["']\s*[-=]>""", re.MULTILINE),
)
#: Statuses, roles, kinds of content and of tools: code that handles calls compares them, and none is a function.
_NOT_FUNCTIONS: Final = frozenset(
    {
        *get_args(RunStatus),
        "user",
        "assistant",
        "system",
        "text",
        "function",
        "file_search",
        "code_interpreter",
        "retrieval",
        "error",
    }
    | {"image_file", "image_url", "image", "logs", "message", "message_creation", "tool_calls", "submit_tool_outputs"}
)
#: A description of a function outside of Python and JSON: its name, and soon after it its parameters.
DESCRIBED: Final = re.compile(
    r"""\bname["']?\s*(?::|=>)\s*["'`](?P<name>\w{1,64})["'`]\s*,(?P<rest>(?:(?!\bname["']?\s*:).){0,800}?)"""
    r"""\b(?:parameters|strict)["']?\s*(?::|=>)""",
    re.DOTALL,
)
#: One without parameters.
DESCRIBED_ALONE: Final = re.compile(
    r"""\bfunction["']?\s*(?::|=>)\s*[{\[]\s*["']?name["']?\s*(?::|=>)\s*["'`](?P<name>\w{1,64})["'`]"""
    r"""(?P<rest>[^}\]]{0,800})[}\]]"""
)
DESCRIPTION: Final = re.compile(r"""\bdescription["']?\s*(?::|=>)\s*(["'`])(?P<text>(?:(?!\1).)*)\1""", re.DOTALL)
HOSTED: Final = {
    "file_search": re.compile(r"\bfile_search\b|\bvs_[A-Za-z0-9]{8,}\b|['\"]retrieval['\"]"),
    "code_interpreter": re.compile(r"\bcode_interpreter\b"),
}
STORE: Final = re.compile(r"\bvs_[A-Za-z0-9]{8,64}\b")


def is_id(text: str) -> bool:
    """Whether a text is an assistant's id, and not a placeholder."""
    return ID.fullmatch(text) is not None and PLACEHOLDER.fullmatch(text.removeprefix("asst_")) is None


def extract(file: File, structured: bool) -> None:
    """Add to ``file`` what is found in its text; ``structured``: descriptions of functions are read by another
    module.
    """
    _ids(file)
    file.changes.extend(file.place(match.start()) for match in CHANGES.finditer(file.code))
    for store in STORE.finditer(file.code):
        file.stores.setdefault(store[0], file.place(store.start()))
    for tool, pattern in HOSTED.items():
        if (match := pattern.search(file.code)) is not None:
            file.hosted[tool] = file.place(match.start())
    file.handles = HANDLES.search(file.text) is not None
    if file.handles:
        for name, offset in _handled(file.code):
            file.functions.setdefault(name, file.place(offset))
    if not structured:
        _described(file)


def _ids(file: File) -> None:
    """Ids, and the names of variables and secrets that contain one."""
    for number, line in enumerate(file.text.splitlines(), 1):
        for id in filter(is_id, (match[0] for match in ID.finditer(line))):
            name = NAME.search(line)
            file.ids.setdefault(id, []).append(Place(file.name, number, name[1] if name else ""))
    for match in READ.finditer(file.text):
        if _AN_ID.search(match[1]):
            file.id_variables.setdefault(match[1], file.place(match.start(1)))


def _handled(text: str) -> Iterator[tuple[str, int]]:
    """Names that are compared with that of a call."""
    for pattern in HANDLED:
        for match in pattern.finditer(text):
            if match["name"] not in _NOT_FUNCTIONS and not _OTHERS.search(match["of"]):
                yield match["name"], match.start("name")


def _described(file: File) -> None:
    for match in (*DESCRIBED.finditer(file.code), *DESCRIBED_ALONE.finditer(file.code)):
        description = DESCRIPTION.search(match["rest"])
        function = Function(description["text"] if description else None, {})
        file.described.setdefault(match["name"], (function, file.place(match.start("name"))))
