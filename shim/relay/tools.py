"""Functions as tools: their description for the model, and the output that the model gets when they return or fail."""

import asyncio
import functools
import inspect
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from shim.relay.signature import Check, InvalidArguments, Schema, Signature, call
from shim.wire import encoding
from shim.wire.types import Json

log = logging.getLogger("shim")
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One function call of the model: ``id``: the API's id of the call, ``arguments``: JSON text."""

    id: str
    name: str
    arguments: str


class Tool:
    """A function that the model may call.

    ``name``, ``description``: shown to the model; by default the function's name and its docstring.  ``parameters``: a
    JSON schema for the arguments; by default made from the function's annotations.  ``timeout``: seconds for one call,
    instead of the stream's.  ``strict``: the API's field of that name: whether the model must follow the schema.
    """

    def __init__(
        self,
        function: Function,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Json | None = None,
        timeout: float | None = None,
        strict: bool | None = None,
    ) -> None:
        self.function: Final = function
        self.name: Final = name or _name(function)
        self.description: Final = _description(function) if description is None else description
        self.timeout: Final = timeout
        self.strict: Final = strict
        self.check: Final[Check] = Signature(function) if parameters is None else Schema(parameters)

    @property
    def schema(self) -> Json:
        """The tool as an entry of an assistant's ``tools`` list."""
        schema: Json = {"name": self.name, "parameters": self.check.schema}
        if self.description:
            schema["description"] = self.description
        if self.strict is not None:
            schema["strict"] = self.strict
        return {"type": "function", "function": schema}

    @property
    def is_async(self) -> bool:
        """Whether the function is a coroutine function, as far as is known before it is called."""
        plain = _plain(self.function)
        return inspect.iscoroutinefunction(plain) or inspect.iscoroutinefunction(type(plain).__call__)


def tool_schema(function: "Function | Tool") -> Json:
    """A plain function as an entry of an assistant's ``tools`` list.

    Its name, its docstring as the description, and a JSON schema of its annotated arguments; ``Annotated[str,
    pydantic.Field(description=...)]`` describes a single argument.  Raises TypeError for annotations that cannot be
    read.
    """
    return (function if isinstance(function, Tool) else Tool(function)).schema


Tools = Mapping[str, "Function | Tool"] | Iterable["Function | Tool"]


def by_name(tools: Tools) -> dict[str, Tool]:
    """Tools by the name that the model uses: the key if a mapping is given, else their own.

    Raises ValueError if two have the same name, as the model could call only one of them.
    """
    if isinstance(tools, Mapping):
        return {name: each if isinstance(each, Tool) else Tool(each, name=name) for name, each in tools.items()}
    wrapped = [each if isinstance(each, Tool) else Tool(each) for each in tools]
    named = {each.name: each for each in wrapped}
    if len(named) < len(wrapped):
        (name, _), *_ = Counter(each.name for each in wrapped).most_common(1)
        raise ValueError(f"two functions are named {name!r}; give tools by name, or as Tool(..., name=...)")
    return named


#: Returns the text that the model gets for an exception of a function.
Describe = Callable[[Call, Exception], str]


def describe(_call: Call, error: Exception) -> str:
    """The kind of an exception and its message."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The functions of one stream, and the outputs that the model gets for their results and failures.

    Every call gets an output: a result as text, or ``{"error": ...}`` with a message from which the model can correct
    its call.  ``timeout``: seconds that a call may take, None: no limit.
    """

    tools: Mapping[str, Tool]
    timeout: float | None = 30.0
    describe: Describe = field(default=describe)

    def seconds(self, call: Call) -> float | None:
        """How many seconds this call may take; None: no limit."""
        tool = self.tools.get(call.name)
        return self.timeout if tool is None or tool.timeout is None else tool.timeout

    def is_async(self, call: Call) -> bool:
        """Whether this call's function is a coroutine function."""
        tool = self.tools.get(call.name)
        return tool is not None and tool.is_async

    def run(self, tool_call: Call) -> str:
        """The output of a call, in this thread; a coroutine runs in an event loop of its own, with its time limit."""
        try:
            result = self._result(tool_call)
            return written(asyncio.run(self._limited(result, tool_call)) if inspect.isawaitable(result) else result)
        except KeyboardInterrupt:
            raise
        except BaseException as problem:  # noqa: BLE001 - the model is told
            # This thread has nothing else to do, so not even SystemExit ends more than the call.
            return self.failed(tool_call, problem)

    async def run_async(self, tool_call: Call) -> str:
        """The output of a call, on this event loop; the caller limits the time, and knows whether it has cancelled the
        call: CancelledError is raised.
        """
        try:
            result = self._result(tool_call)
            return written(await result if inspect.isawaitable(result) else result)
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as problem:  # noqa: BLE001 - the model is told
            return self.failed(tool_call, problem)

    def timed_out(self, tool_call: Call) -> str:
        """The output of a call that took too long."""
        log.warning("the function %s took longer than %g s", tool_call.name, self.seconds(tool_call))
        return failure(f"{tool_call.name} gave no result within {self.seconds(tool_call):g} seconds")

    def _result(self, tool_call: Call) -> Any:
        tool = self.tools.get(tool_call.name)
        if tool is None:
            known = ", ".join(sorted(self.tools)) or "none"
            raise _ModelMistake(f"there is no function {tool_call.name}; there are: {known}")
        try:
            values = tool.check.read(tool_call.arguments)
        except InvalidArguments as problem:
            raise _ModelMistake(f"invalid arguments for {tool_call.name}: {problem}") from None
        return call(tool.function, values)

    async def _limited(self, result: Awaitable[Any], tool_call: Call) -> Any:
        return await asyncio.wait_for(result, self.seconds(tool_call))

    def failed(self, tool_call: Call, problem: BaseException) -> str:
        """The output of a call whose function ended with an exception, of any kind."""
        if isinstance(problem, _ModelMistake):
            log.info("a call of the model cannot be run, and the model gets this error: %s", tool_call.name)
            return failure(str(problem))
        if isinstance(problem, asyncio.TimeoutError) and not str(problem) and self.seconds(tool_call) is not None:
            return self.timed_out(tool_call)
        log.warning("the function %s failed: %s", tool_call.name, type(problem).__name__)
        log.debug("the function %s failed", tool_call.name, exc_info=problem)
        # Most functions that make texts of exceptions make them of these, too; their type is what users had to write.
        return failure(self.describe(tool_call, cast(Exception, problem)))


class _ModelMistake(Exception):
    """A mistake of the model, with a message for the model."""


def failure(message: str) -> str:
    """An output with an error message for the model."""
    return written({"error": message})


def written(result: Any) -> str:
    """A result as the text of an output: text as it is, anything else as JSON.  Half of a surrogate pair, which cannot
    be sent, becomes U+FFFD in both.

    Raises ValueError if it has no JSON form.
    """
    if isinstance(result, str):
        return encoding.well_formed(result)
    try:
        return encoding.compact(result).decode()
    except (TypeError, ValueError) as problem:
        raise ValueError(f"the result is no JSON: {problem}") from None


def _plain(function: Function) -> Any:
    """The function within partials."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _name(function: Function) -> str:
    plain = _plain(function)
    return str(getattr(plain, "__name__", type(plain).__name__))


def _description(function: Function) -> str:
    plain = _plain(function)
    return inspect.getdoc(plain) or "" if inspect.isroutine(plain) else ""
