"""Files that code interpreter made, found under the ids that messages show: three operations.

All other files are upstream's; their calls are passed on.
"""

from shim.engine.context import Context
from shim.engine.protocol import Reply, Request, json_reply
from shim.store import files as rows
from shim.wire import objects
from shim.wire.errors import error


async def retrieve(context: Context, request: Request, file_id: str) -> Reply:
    """GET /files/{file_id}"""
    file = await context.store.read(rows.get, file_id)
    if file is None:
        raise error("no_file", id=file_id)
    return json_reply(file)


async def content(context: Context, request: Request, file_id: str) -> Reply:
    """GET /files/{file_id}/content"""
    content = await context.store.read(rows.content, file_id)
    if content is None:
        raise error("no_file", id=file_id)
    return Reply(200, {"content-type": "application/octet-stream"}, content)


async def delete(context: Context, request: Request, file_id: str) -> Reply:
    """DELETE /files/{file_id}"""
    if not await context.store.write(rows.delete, file_id):
        raise error("no_file", id=file_id)
    return json_reply(objects.deleted("file", file_id) | {"object": "file"})
