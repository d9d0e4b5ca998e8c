"""The parts that all native programs have in common."""

import keyword
from dataclasses import dataclass
from pprint import pformat
from typing import Final

from shim.migrate.eject.python import NOTHING, CopiedCode, Unreadable
from shim.migrate.eject.request import UNKNOWN_STORE
from shim.migrate.signatures import Signature
from shim.wire.types import Json

#: Names that the generated programs bind.
RESERVED_NAMES: Final = frozenset(
    {"Agent", "Conversation", "FUNCTIONS", "REQUEST", "Runner", "agent", "call_function", "main"}
)
STUB: Final = '''{define} {name}({parameters}):
    """{about}"""
    raise NotImplementedError("write what {name} does")
'''


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs of a program.  ``request``: fields of every call.  ``is_async``: whether it is async; ``streamed``:
    whether the answer is streamed.
    """

    title: str
    request: Json
    copied: CopiedCode = NOTHING
    is_async: bool = False
    streamed: bool = False

    @property
    def function_tools(self) -> list[Json]:
        """The function tools."""
        return [tool for tool in self.request.get("tools") or [] if tool["type"] == "function"]

    @property
    def missing(self) -> list[str]:
        """Functions whose code was not found."""
        return [tool["name"] for tool in self.function_tools if tool["name"] not in self.copied.functions]

    @property
    def lacks_store(self) -> bool:
        """Whether the ids of its vector stores are still to be written."""
        return any(tool.get("vector_store_ids") == [UNKNOWN_STORE] for tool in self.request.get("tools") or [])

    @property
    def misfits(self) -> dict[str, str]:
        """Functions that cannot take what the model gives, each with the reason and its place."""
        found = {tool["name"]: _misfit(tool, self.copied) for tool in self.function_tools}
        return {name: reason for name, reason in found.items() if reason}

    def check(self) -> None:
        """Raises `Unreadable` if the copied code and the program cannot be in one module."""
        if clash := sorted(RESERVED_NAMES & self.copied.names):
            raise Unreadable(f"your code binds names that the program needs for itself: {', '.join(clash)}")
        waiting = sorted(name for name, is_async in self.copied.functions.items() if is_async)
        if waiting and not self.is_async:
            raise Unreadable(f"functions are async, so the program must be: use --async ({', '.join(waiting)})")


def imports(plan: Plan, *own_imports: str) -> str:
    """The imports of the copied code and of the program."""
    future = [plan.copied.future] if plan.copied.future else []
    return "\n".join([*future, *own_imports, *([plan.copied.imports] if plan.copied.imports else [])])


def to_do(plan: Plan) -> str:
    """A comment about what is still to be written."""
    return f"# TODO: write the ids of your vector stores where {UNKNOWN_STORE} stands.\n" if plan.lacks_store else ""


def functions(plan: Plan) -> str:
    """The application's functions, with a stub for each that was not found, and the table of all."""
    stubs = [_stub(tool) for tool in plan.function_tools if tool["name"] in plan.missing]
    parts = [*([plan.copied.code] if plan.copied.code else []), *stubs]
    rows = "".join(f"    {tool['name']!r}: {_row(tool, plan)}\n" for tool in plan.function_tools)
    return "\n\n\n".join([*parts, f"FUNCTIONS = {{\n{rows}}}" if rows else "FUNCTIONS = {}"])


def _row(tool: Json, plan: Plan) -> str:
    """What the table of functions has for a tool, with a comma: every entry takes the arguments under their names."""
    name = tool["name"]
    variable = _variable(name)
    if reason := plan.misfits.get(name):
        return f"{variable},  # TODO: {reason}"
    found = plan.copied.signatures.get(name)
    if found is not None and not _fits(tool, found):
        return f"lambda **arguments: {variable}(arguments),"
    return f"{variable},"


def _fits(tool: Json, signature: Signature) -> bool:
    """Whether a function takes a tool's arguments under their names."""
    properties = set(tool["parameters"].get("properties") or {})
    needed = {each.name for each in signature.parameters if each.required}
    taken = {each.name for each in signature.parameters[signature.unnamed :]}
    return needed <= properties & taken and (signature.rest is not None or properties <= taken)


def _misfit(tool: Json, copied: CopiedCode) -> str:
    """Why a function cannot take a tool's arguments, neither under their names nor as one dictionary."""
    signature = copied.signatures.get(tool["name"])
    if signature is None or _fits(tool, signature):
        return ""
    given = ", ".join(tool["parameters"].get("properties") or {}) or "nothing"
    whole = signature.dictionary
    if whole is not None and whole.name not in (tool["parameters"].get("properties") or {}):
        return ""
    return f"{copied.file}, line {signature.line}: it takes {str(signature) or 'nothing'}, and the model gives {given}"


def literal(value: object) -> str:
    """A value as a Python literal."""
    return pformat(value, width=110, sort_dicts=False)


def _variable(name: str) -> str:
    """A function's name as a name in Python."""
    variable = name.replace("-", "_")
    variable = f"_{variable}" if variable[:1].isdigit() else variable
    return f"{variable}_" if keyword.iskeyword(variable) else variable


def _stub(tool: Json) -> str:
    schema = tool["parameters"]
    names = list(schema.get("properties") or {})
    required = [name for name in names if name in (schema.get("required") or ())]
    optional = [f"{name}=None" for name in names if name not in required]
    plain = all(name.isidentifier() and not keyword.iskeyword(name) for name in names)
    about = (tool.get("description") or "Called by the model.").replace("\\", "\\\\").replace('"', "'")
    parameters = ", ".join([*required, *optional]) if plain else "**arguments"
    return STUB.format(define="def", name=_variable(tool["name"]), parameters=parameters, about=about).rstrip("\n")
