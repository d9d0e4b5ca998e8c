"""Every route, from its table."""

import inspect
from typing import Final

from docs.pages.marks import code, page, table
from shim.engine.api.routes import OURS, ROUTES

INTRODUCTION: Final = """
Every call that is ours. Paths stand below the client's base URL. What begins with {ours} and has no row is answered
with the API's own 404; every other path goes to the real network untouched.
"""


def print_page() -> str:
    rows = [
        (method, code(f"/{path}"), code(f"{_module(operation)}.{operation.__name__}"))
        for (method, path), operation in ROUTES.items()
    ]
    ours = " or ".join(code(f"/{name}") for name in OURS)
    return page("Routes", INTRODUCTION.format(ours=ours), table(("method", "path", "done by"), rows))


def _module(operation: object) -> str:
    module = inspect.getmodule(operation)
    return module.__name__ if module else ""
