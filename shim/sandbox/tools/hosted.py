"""The hosted tools of a request: their checks, and their echoes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from shim.sandbox.memory import containers, search, stores
from shim.sandbox.shapes.fields import (
    Check,
    an_object,
    anything,
    array,
    boolean,
    either,
    integer,
    nullable,
    one_of,
    record,
    string,
)
from shim.sandbox.shapes.models import Model
from shim.wire.types import Json

Echo = Callable[[Json, str, Model], Json]


@dataclass(frozen=True, slots=True)
class Maker:
    """A row: the check of the request's tool, and its echo."""

    check: Check
    echo: Echo


_FILE_SEARCH: Final = record(
    {
        "type": string(),
        "vector_store_ids": array(string(empty=False), empty=False),
        "filters": nullable(search.check_filter),
        "max_num_results": integer(1, 50),
        "ranking_options": stores.RANKING,
    },
    "vector_store_ids",
)


def _search_echo(tool: Json, path: str, model: Model) -> Json:
    ranking = {"ranker": "auto", "score_threshold": 0.0, **(tool.get("ranking_options") or {})}
    return {"filters": None, "max_num_results": 20, **tool, "ranking_options": ranking}


_AUTO: Final = record(
    {
        "type": one_of("auto"),
        "file_ids": containers.FILE_IDS,
        "memory_limit": nullable(containers.MEMORY),
        "network_policy": containers.POLICY,
    },
    "type",
)
_CODE: Final = record(
    {
        "type": string(),
        "container": either("one of a string or an object", {str: string(64, prefix="cntr_"), dict: _AUTO}),
    },
    "container",
)

_PLACE: Final = nullable(
    record(
        {
            "type": one_of("approximate"),
            "city": nullable(string()),
            "country": nullable(string()),
            "region": nullable(string()),
            "timezone": nullable(string()),
        }
    )
)
_WEB: Final = record(
    {
        "type": string(),
        "filters": nullable(an_object),
        "search_context_size": one_of("low", "medium", "high"),
        "user_location": _PLACE,
        "external_web_access": nullable(boolean),
        "search_content_types": array(string()),
    }
)
_NOWHERE: Final = {"type": "approximate", "city": None, "country": "US", "region": None, "timezone": None}


def _web_echo(tool: Json, path: str, model: Model) -> Json:
    """A given location gets its missing fields as null; without one the echo has the default country."""
    user_location = tool.get("user_location")
    completed = dict.fromkeys(_NOWHERE) | {"type": "approximate"} | user_location if user_location else _NOWHERE
    return {"search_context_size": "medium", **tool, "user_location": completed}


_IMAGE: Final = record(
    {
        "type": string(),
        "action": one_of("generate", "edit", "auto"),
        "background": one_of("transparent", "opaque", "auto"),
        "input_fidelity": nullable(one_of("high", "low")),
        "input_image_mask": an_object,
        "model": string(),
        "moderation": one_of("auto", "low"),
        "n": integer(1, 1),
        "output_compression": integer(0, 100),
        "output_format": one_of("png", "webp", "jpeg"),
        "partial_images": integer(0, 3),
        "quality": one_of("low", "medium", "high", "auto"),
        "size": string(),
    }
)
#: Accepted, but not echoed.
_UNSAID: Final = ("model", "input_fidelity", "partial_images", "input_image_mask", "action")


def _image_echo(tool: Json, path: str, model: Model) -> Json:
    defaults = {
        "background": "auto",
        "moderation": "auto",
        "n": 1,
        "output_compression": 100,
        "output_format": "png",
        "quality": "auto",
        "size": "auto",
    }
    return defaults | {name: value for name, value in tool.items() if name not in _UNSAID}


_APPROVAL: Final = nullable(
    either("one of a string or an object", {str: one_of("always", "never"), dict: an_object}),
)
_MCP: Final = record(
    {
        "type": string(),
        "server_label": string(empty=False),
        "server_url": string(),
        "server_description": nullable(string()),
        "connector_id": string(),
        "authorization": string(),
        "allowed_tools": nullable(either("one of an array or an object", {list: array(string()), dict: an_object})),
        "headers": nullable(anything),
        "require_approval": _APPROVAL,
        "defer_loading": boolean,
    },
    "server_label",
)
#: Never echoed.
_SECRET: Final = ("authorization", "headers")


def _mcp_echo(tool: Json, path: str, model: Model) -> Json:
    """Only the host of the address is echoed."""
    shown = {name: value for name, value in tool.items() if name not in _SECRET}
    address = urlsplit(tool.get("server_url") or "")
    hidden = {"server_url": f"{address.scheme}://{address.netloc}/<redacted>"} if address.netloc else {}
    defaults = {"allowed_tools": None, "headers": None, "require_approval": "always", "server_description": None}
    return defaults | shown | hidden


_WEB_MAKER: Final = Maker(_WEB, _web_echo)
#: By type; the web search has had several.
HOSTED: Final[dict[str, Maker]] = {
    "file_search": Maker(_FILE_SEARCH, _search_echo),
    "code_interpreter": Maker(_CODE, lambda tool, path, model: tool),
    "web_search": _WEB_MAKER,
    "web_search_2025_08_26": _WEB_MAKER,
    "web_search_preview": _WEB_MAKER,
    "web_search_preview_2025_03_11": _WEB_MAKER,
    "image_generation": Maker(_IMAGE, _image_echo),
    "mcp": Maker(_MCP, _mcp_echo),
}


def name_of(kind: str) -> str:
    """The name by which a message calls for a hosted tool: its type, the same for every web search."""
    return "web_search" if kind.startswith("web_search") else kind
