"""The parts that all native programs have in common."""

import keyword
from dataclasses import dataclass
from pprint import pformat
from typing import Final

from shim.migrate.eject.python import NOTHING, CopiedCode, Unreadable
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


def functions(plan: Plan) -> str:
    """The application's functions, with a stub for each that was not found, and the table of all."""
    stubs = [_stub(tool) for tool in plan.function_tools if tool["name"] in plan.missing]
    parts = [*([plan.copied.code] if plan.copied.code else []), *stubs]
    rows = "".join(f"    {tool['name']!r}: {_variable(tool['name'])},\n" for tool in plan.function_tools)
    return "\n\n\n".join([*parts, f"FUNCTIONS = {{\n{rows}}}" if rows else "FUNCTIONS = {}"])


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
