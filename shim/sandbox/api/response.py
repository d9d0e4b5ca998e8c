"""The response object: the request's fields, echoed with the recorded defaults, and the result."""

from typing import Final

from shim.sandbox.shapes import strict
from shim.sandbox.shapes.models import Model
from shim.sandbox.shapes.plan import Plan
from shim.sandbox.tools import tools
from shim.wire.types import Json

#: Fields that are echoed from the request, or with this default.
DEFAULTS: Final[Json] = {
    "background": False,
    "frequency_penalty": 0.0,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "moderation": None,
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "truncation": "disabled",
    "user": None,
}
_NO_TOKENS: Final = {"image_tokens": 0, "text_tokens": 0}
_TOOL_USAGE: Final[Json] = {
    "image_gen": {
        "input_tokens": 0,
        "input_tokens_details": _NO_TOKENS,
        "output_tokens": 0,
        "output_tokens_details": _NO_TOKENS,
        "total_tokens": 0,
    },
    "web_search": {"num_requests": 0},
}


def opened(body: Json, model: Model, response_id: str, now: float, stored: bool) -> Json:
    """The response as ``response.created`` shows it: everything but output, usage and end."""
    echo = {name: default if body.get(name) is None else body[name] for name, default in DEFAULTS.items()}
    return {
        "id": response_id,
        "object": "response",
        "created_at": int(now),
        "status": "queued" if echo["background"] else "in_progress",
        **echo,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": model.name,
        "output": [],
        "prompt_cache_retention": body.get("prompt_cache_retention") or model.retention,
        "reasoning": model.reasoning(body.get("reasoning") or {}),
        "service_tier": body.get("service_tier") or "auto",
        "store": stored,
        "temperature": float(echo["temperature"]),
        "text": _text(body.get("text") or {}),
        "tool_usage": _TOOL_USAGE,
        "tools": tools.echoes(body.get("tools") or [], model),
        "top_p": float(model.top_p if body.get("top_p") is None else body["top_p"]),
        "usage": None,
    }


def _text(text: Json) -> Json:
    form = text.get("format") or {"type": "text"}
    if form["type"] == "json_schema":
        wanted = form.get("strict")
        form = {"description": None, **form, "strict": not strict.problem(form["schema"]) if wanted is None else wanted}
    return {"format": form, "verbosity": text.get("verbosity") or "medium"}


def ended(response: Json, plan: Plan, output: list[Json], input_tokens: int, now: float) -> Json:
    """The response as its last event shows it."""
    return response | {
        "status": "incomplete" if plan.cut else "completed",
        "completed_at": None if plan.cut else int(now),
        "incomplete_details": {"reason": plan.cut} if plan.cut else None,
        "output": output,
        "service_tier": "default" if response["service_tier"] == "auto" else response["service_tier"],
        "usage": _usage(plan, input_tokens),
    }


def _usage(plan: Plan, input_tokens: int) -> Json:
    thought = sum(item.cost for item in plan.items if item.kind == "reasoning")
    spoken = sum(item.cost for item in plan.items)
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
        "output_tokens": spoken,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": input_tokens + spoken,
    }


def failed(response: Json, code: str, message: str, output: list[Json]) -> Json:
    """The response as ``response.failed`` shows it; items from before the failure stay."""
    error = {"code": code, "message": message}
    return response | {"status": "failed", "error": error, "output": output, "usage": None}


def cancelled(response: Json) -> Json:
    """The response after its cancellation."""
    return response | {"status": "cancelled", "output": [], "usage": None}


def as_json(response: Json) -> Json:
    """The response as a JSON body: finished ones have ``billing``, which streams never have."""
    billed = response["status"] in ("completed", "incomplete")
    return response | ({"billing": {"payer": "developer"}} if billed else {})
