"""Assistants that files declare: looked up before those of the store, and listed with them."""

from collections.abc import Callable

from shim.engine.context import Context
from shim.store import assistants as rows
from shim.store.rows import Listed
from shim.store.tx import Tx
from shim.wire.errors import error
from shim.wire.pages import Page
from shim.wire.types import Json

#: Part of a list: how many objects at most, and the cursors ``after`` and ``before`` that lie in it.
Fetch = Callable[[int, str | None, str | None], Listed]


def get(tx: Tx, context: Context, assistant_id: str) -> Json | None:
    """The declared assistant.  It hides one of the same id in the store; one warning is logged about that."""
    entry = context.declared.get(assistant_id)
    if entry is None:
        return None
    if context.notices.first("shadowed", context.tenant, assistant_id) and rows.get(tx, assistant_id):
        context.notices.warn(
            ("shadows", context.tenant, assistant_id),
            "assistant %s is in the store, too: what %s declares is used",
            assistant_id,
            entry.place,
        )
    return entry.body


def refuse(context: Context, assistant_id: str) -> None:
    """Raises `ApiError` for a declared assistant, which can be changed only in its file."""
    if (entry := context.declared.get(assistant_id)) is not None:
        raise error("declared_assistant", id=assistant_id, place=entry.place)


def page(tx: Tx, context: Context, wanted: Page) -> Listed:
    """Part of the list of all assistants: the declared ones, in the order of their files, are the newest.

    Raises `NoSuchCursor`.
    """
    parts: list[tuple[bool, Fetch]] = [(True, _declared(context, wanted)), (False, _stored(tx, context, wanted))]
    if wanted.order == "asc":
        parts.reverse()
    # Nothing of a part that lies before the cursor `after`, or after the cursor `before`, is on the page.
    ours = {name: getattr(wanted, name) in context.declared for name in ("after", "before") if getattr(wanted, name)}
    origins = [declared for declared, _ in parts]
    first = origins.index(ours["after"]) if "after" in ours else 0
    last = origins.index(ours["before"]) if "before" in ours else 1
    pages = [
        (fetch, wanted.after if index == first else None, wanted.before if index == last else None)
        for index, (_, fetch) in enumerate(parts)
        if first <= index <= last
    ]
    return _joined(pages, wanted.limit, backwards=set(ours) == {"before"})


def _joined(parts: list[tuple[Fetch, str | None, str | None]], limit: int, backwards: bool) -> Listed:
    data: list[Json] = []
    for fetch, after, before in reversed(parts) if backwards else parts:
        # Even if the page is full: `has_more` must be known.
        some, more = fetch(max(limit - len(data), 1), after, before)
        if some and len(data) == limit:
            return Listed(data, True)
        data = some + data if backwards else data + some
        if more:
            return Listed(data, True)
    return Listed(data, False)


def _declared(context: Context, wanted: Page) -> Fetch:
    ids = list(context.declared) if wanted.order == "asc" else list(context.declared)[::-1]
    backwards = bool(wanted.before) and not wanted.after

    def fetch(limit: int, after: str | None, before: str | None) -> Listed:
        selected = ids[ids.index(after) + 1 if after else 0 : ids.index(before) if before else None]
        page = selected[-limit:] if backwards else selected[:limit]
        return Listed([context.declared[id].body for id in page], len(selected) > limit)

    return fetch


def _stored(tx: Tx, context: Context, wanted: Page) -> Fetch:
    but = tuple(context.declared)
    backwards = bool(wanted.before) and not wanted.after

    def fetch(limit: int, after: str | None, before: str | None) -> Listed:
        if backwards and before is None:
            # The end of the whole list is the beginning of the same list read the other way.
            other = rows.page(tx, limit, "desc" if wanted.order == "asc" else "asc", but=but)
            return Listed(other.data[::-1], other.has_more)
        if before and not (backwards or after):
            # The list began in another part, so this one is read from its beginning, up to the cursor.
            start = rows.page(tx, limit + 1, wanted.order, but=but).data
            known = [each["id"] for each in start]
            page = start[: known.index(before)] if before in known else start
            return Listed(page[:limit], len(page) > limit)
        return rows.page(tx, limit, wanted.order, after, before, but)

    return fetch
