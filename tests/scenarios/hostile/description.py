"""An OpenAPI description of the routes and of their bodies' models, from which schemathesis generates requests."""

import re
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from shim.engine.api.routes import ROUTES
from shim.wire.requests import OPERATIONS

Json = dict[str, Any]
#: Operations whose body's model has a name different from the operation's.
BODIES: Final = {
    "runs.create_with_thread": "threads.create_and_run",
    "tool_outputs.submit": "runs.submit_tool_outputs",
}
#: Ids that no store contains; PostgreSQL does not even accept some of them in a query.
STRANGE: Final = ["\0", "thread_\0", "asst_" + "x" * 5_000, "\ufeff", "😀", "'; --", "%", "\\", "\x1e", "a?b#c"]
#: The query parameters of a list.
QUERY: Final[dict[str, Json]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "order": {"enum": ["asc", "desc"]},
    "after": {"type": "string"},
    "before": {"enum": STRANGE},
    "run_id": {"type": "string"},
    "include[]": {"type": "string"},
}


def described(known: dict[str, str]) -> Json:
    """``known``: the id of an existing object, by the name of its path parameter."""
    models = [(model, "validation") for model in dict.fromkeys(OPERATIONS.values())]
    references, rest = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas = rest["$defs"]
    for schema in schemas.values():
        if "assistant_id" in schema.get("properties", {}):
            schema["properties"]["assistant_id"] = {"enum": [known["assistant_id"]]}
    bodies = {name: references[model, "validation"] for name, model in OPERATIONS.items()}
    paths: Json = {}
    for method, path in ROUTES:
        paths.setdefault(f"/v1/{path}", {})[method.lower()] = _operation(method, path, known, bodies)
    info = {"title": "routes", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _operation(method: str, path: str, known: dict[str, str], bodies: Json) -> Json:
    # A deleted object would be missing in later requests.
    there = {} if method == "DELETE" else known
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"enum": [there.get(name, "cfile_1")]}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    if method == "GET":
        parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in QUERY.items()]
    row: Json = {"responses": {"default": {"description": ""}}, "parameters": parameters}
    found = ROUTES[method, path]
    name = f"{found.__module__.rpartition('.')[2]}.{found.__name__}"
    if schema := bodies.get(BODIES.get(name, name)):
        row["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return row
