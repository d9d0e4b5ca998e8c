"""The output items of a response, with their ids, in the recorded form."""

from shim.sandbox.shapes.items import PREFIX
from shim.sandbox.shapes.minting import Family
from shim.sandbox.shapes.models import Model
from shim.sandbox.shapes.plan import PlannedItem
from shim.wire.types import Json


def finished(piece: PlannedItem, mint: Family, model: Model, encrypted: bool) -> Json:
    """``encrypted``: reasoning carries its encrypted content."""
    return _MAKERS.get(piece.kind, _hosted)(piece, mint, encrypted or model.newest)


def _message(piece: PlannedItem, mint: Family, encrypted: bool) -> Json:
    if piece.kind == "refusal":
        part: Json = {"type": "refusal", "refusal": piece.text}
    else:
        part = {"type": "output_text", "annotations": piece.annotations, "logprobs": [], "text": piece.text}
    return {
        "id": mint("msg"),
        "type": "message",
        "status": _status(piece),
        "content": [part],
        **({"phase": piece.phase} if piece.phase else {}),
        "role": "assistant",
    }


def _call(piece: PlannedItem, mint: Family, encrypted: bool) -> Json:
    return {
        "id": mint("fc"),
        "type": "function_call",
        "status": _status(piece),
        "arguments": piece.text,
        "call_id": mint.mint.call_id(),
        "name": piece.name,
    }


def _reasoning(piece: PlannedItem, mint: Family, encrypted: bool) -> Json:
    return {
        "id": mint("rs"),
        "type": "reasoning",
        "content": [],
        **({"encrypted_content": mint.mint.encrypted()} if encrypted else {}),
        "summary": [{"type": "summary_text", "text": piece.text}] if piece.pieces else [],
    }


def _hosted(piece: PlannedItem, mint: Family, encrypted: bool) -> Json:
    item = {"id": mint(PREFIX[piece.kind]), "type": piece.kind, **piece.item_fields}
    status = {} if piece.kind.startswith("mcp") else {"status": _status(piece)}
    return item | status | ({_SPELT[piece.kind]: piece.text} if piece.kind in _SPELT else {})


#: How the pieces of a hosted item are joined.
_SPELT = {"code_interpreter_call": "code", "mcp_call": "arguments", "mcp_approval_request": "arguments"}


def _status(piece: PlannedItem) -> str:
    return "completed" if piece.complete else "incomplete"


_MAKERS = {"text": _message, "refusal": _message, "call": _call, "reasoning": _reasoning}
