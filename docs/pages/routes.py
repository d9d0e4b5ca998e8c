"""Every route, from its table."""

import inspect
from typing import Final

from docs.pages.marks import code, page, table
from shim.engine.api.routes import OURS, ROUTES
from shim.server import operator

INTRODUCTION: Final = """
Every call that the shim answers. Paths are relative to the client's base URL. A path that begins with {ours} and has no
row is answered with the API's own 404; every other path goes to the real network unchanged.
"""
OPERATOR: Final = """
## The operator's

A server with `SHIM_OPERATOR_KEY` also has these routes, relative to the root of its address and for that key only.
`{tenant}` is the name of a tenant. The body is that of the call, with one field more: `id`, which begins as in the
table:
[Ids that the operator chooses](../how-to/serve-many.md#ids-that-the-operator-chooses).
"""


def print_page() -> str:
    rows = [
        (method, code(f"/{path}"), code(f"{_module(operation)}.{operation.__name__}"))
        for (method, path), operation in ROUTES.items()
    ]
    own_paths = " or ".join(code(f"/{name}") for name in OURS)
    given_id_routes = [
        (method, code(path), code(f"POST /{made.path}"), code(f"{made.prefix}_"))
        for (method, path), made in operator.ROUTES.items()
    ]
    return page(
        "Routes",
        INTRODUCTION.format(ours=own_paths),
        table(("method", "path", "done by"), rows),
        OPERATOR,
        table(("method", "path", "the call", "ids begin with"), given_id_routes),
    )


def _module(operation: object) -> str:
    module = inspect.getmodule(operation)
    return module.__name__ if module else ""
