"""The tool file_search: searches the vector stores, quotes the best sentence, and cites it."""

from typing import Final

from shim.sandbox.memory import search
from shim.sandbox.memory.vectors import Hit
from shim.sandbox.shapes.plan import Draft, PlannedItem
from shim.sandbox.tools.task import Task
from shim.wire.types import Json

#: The largest number of characters of a quoted sentence.
QUOTED: Final = 200
#: Characters outside the basic plane: one code point each, two units of UTF-16.
_ASTRAL: Final = "🔎 𝔉𝔦𝔩𝔢𝔰 📂 "


def finds_anything(task: Task) -> bool:
    """Whether the question finds anything."""
    return bool(task.resources.stores.find(task.tool, _queries(task)))


def file_search(task: Task, draft: Draft) -> list[PlannedItem]:
    queries = _queries(task)
    hits = task.resources.stores.find(task.tool, queries)
    shown = "file_search_call.results" in task.include
    _answer(task, draft, queries, hits)
    return [
        PlannedItem("file_search_call", item_fields={"queries": queries, "results": _results(hits) if shown else None})
    ]


def _queries(task: Task) -> list[str]:
    queries = [each for each in task.argument("queries", []) if isinstance(each, str)]
    return queries or [task.argument("query", task.question)]


def _results(hits: list[Hit]) -> list[Json]:
    return [hit.result() for hit in hits]


def _answer(task: Task, draft: Draft, queries: list[str], hits: list[Hit]) -> None:
    """One sentence; its citations come before the full stop, as recorded."""
    if not hits:
        draft.append(f'The files say nothing of "{queries[0][:QUOTED]}". ')
        return
    best_hit = hits[0]
    if "cite-first" in task.control_words:
        draft.mark(_citation(best_hit, 0))
    if "cite-emoji" in task.control_words:
        draft.append(_ASTRAL)
    draft.append(f"According to {best_hit.filename}, {search.sentence(' '.join(queries), best_hit.text, QUOTED)}")
    add_citation = draft.mark_late if "cite-late" in task.control_words else draft.mark
    for hit in _cited(task.control_words, hits):
        add_citation(_citation(hit, len(draft.text)))
    draft.append(". ")


def _cited(control_words: frozenset[str], hits: list[Hit]) -> list[Hit]:
    """The best hit; with ``cite-twice`` also the best of another file, or the same one again."""
    if "uncited" in control_words or "cite-first" in control_words:
        return []
    others = [hit for hit in hits if hit.file_id != hits[0].file_id]
    return [hits[0], *([*others, hits[0]][:1] if "cite-twice" in control_words else [])]


def _citation(hit: Hit, index: int) -> Json:
    return {"type": "file_citation", "file_id": hit.file_id, "filename": hit.filename, "index": index}
