"""The commands, from their table."""

import inspect
import typing
from enum import Enum
from typing import Any, Final

from typer.models import ArgumentInfo, OptionInfo

from docs.pages.marks import cell, code, first_line, page, table
from shim.cli import table as commands

INTRODUCTION: Final = """
`assistants-shim COMMAND`, or `python -m shim COMMAND`. They need the extra `server`: `pip install
"assistants-shim[server]"`. `assistants-shim --version` names the versions of the shim, the SDK and Python.
"""


def print_page() -> str:
    parts = [part for name in commands.COMMANDS for part in _command(name, commands.command(name))]
    return page("Commands", INTRODUCTION, *parts)


def _command(name: str, command: Any) -> list[str]:
    hints = typing.get_type_hints(command, include_extras=True)
    described = [(each, _described(hints[each.name])) for each in inspect.signature(command).parameters.values()]
    rows = [_parameter(each, info) for each, info in described if not info.hidden]
    parts = [f"## {name}", first_line(command)]
    return [*parts, table(("", "default", "meaning"), rows)] if rows else parts


def _described(hint: Any) -> ArgumentInfo | OptionInfo:
    return next(each for each in hint.__metadata__ if isinstance(each, (ArgumentInfo, OptionInfo)))


def _parameter(parameter: inspect.Parameter, info: ArgumentInfo | OptionInfo) -> tuple[str, str, str]:
    if isinstance(info, ArgumentInfo):
        shown = str(info.metavar or parameter.name.upper())
    else:
        # Under `Annotated` typer takes the first name for a default.
        names = [str(info.default)] if str(info.default).startswith("-") else []
        shown = ", ".join([*names, *(info.param_decls or ())] or [f"--{parameter.name.replace('_', '-')}"])
    default = parameter.default
    default = default.value if isinstance(default, Enum) else default
    absent = default is inspect.Parameter.empty or default is None
    return code(shown), "" if absent else code(default), cell(str(info.help or ""))
