"""Reads threads, with all that belongs to them, from an endpoint that still has the old API, through the official
client.

Examples are the classic agents of Azure, until 2027-03-31, and `assistants-shim serve`.
"""

import base64
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import openai

from shim.migrate.imports import references
from shim.migrate.imports.objects_read import Hint, ReadObject
from shim.migrate.imports.report import Refused
from shim.wire import ids
from shim.wire.types import Json

_HEADERS: Final = {"OpenAI-Beta": "assistants=v2"}
#: The largest page of a list of the API.
PAGE: Final = 100
AZURE: Final = ".openai.azure.com"
#: The first version of Azure's API with the whole old API.
AZURE_VERSION: Final = "2024-05-01-preview"
#: Errors after which other calls would fail as well.
HOPELESS: Final = (openai.AuthenticationError, openai.PermissionDeniedError, openai.APIConnectionError)


class Endpoint:
    """``url``: the base URL, of OpenAI's form, or of an Azure resource.  ``version``: the `api-version`, for Azure.
    ``files``: whether contents of files are fetched, too.
    """

    def __init__(self, url: str, key: str, version: str | None = None, files: bool = True) -> None:
        self.url: Final = url
        self._files: Final = files
        self._client: Final = _client(url, key, version)
        self._fetched: Final[set[str]] = set()

    def close(self) -> None:
        self._client.close()

    def thread(self, thread_id: str) -> Iterator[ReadObject]:
        """The thread, its messages, runs and steps, the assistants and files that they name, each once.

        Raises `Refused` with ``not_found`` or ``endpoint``; openai's errors of `HOPELESS`.
        """
        hint = Hint(thread_id=thread_id)
        path = ids.path("threads", thread_id)
        yield ReadObject("thread", self._get(path), hint)
        files: dict[str, None] = {}
        for message in self._list(f"{path}/messages"):
            references.collect(message, files)
            yield ReadObject("message", message, hint)
        for run in self._list(f"{path}/runs"):
            yield ReadObject("run", run, hint)
            yield from self._assistant(run.get("assistant_id"))
            for step in self._list(f"{path}/runs/{run['id']}/steps"):
                references.collect(step, files)
                yield ReadObject("step", step, hint.at(run_id=run["id"]))
        for file_id in files if self._files else ():
            yield from self._file(file_id)

    def _assistant(self, assistant_id: Any) -> Iterator[ReadObject]:
        """An assistant; None if it was deleted there."""
        if not isinstance(assistant_id, str) or assistant_id in self._fetched:
            return
        self._fetched.add(assistant_id)
        try:
            yield ReadObject("assistant", self._get(ids.path("assistants", assistant_id)), Hint())
        except Refused as refused:
            yield ReadObject(None, {}, Hint(), ((refused.code, assistant_id),))

    def _file(self, file_id: str) -> Iterator[ReadObject]:
        """A file with its content, if the endpoint returns it: the API did not return files that users had uploaded."""
        try:
            content: bytes = self._client.files.content(file_id).read()
            about = self._get(ids.path("files", file_id))
        except HOPELESS:
            raise
        except (openai.APIStatusError, Refused):
            yield ReadObject(None, {}, Hint(), (("no_bytes", file_id),))
            return
        yield ReadObject("file", {**about, "id": file_id, "data": base64.b64encode(content).decode()}, Hint())

    def _list(self, path: str) -> Iterator[Json]:
        after: str | None = None
        while True:
            cursor = {"after": after} if after else {}
            page = self._get(path, {"order": "asc", "limit": PAGE, **cursor})
            data = page.get("data")
            if not isinstance(data, list):
                raise Refused("endpoint", f"{path}: no list")
            yield from data
            if not data or not page.get("has_more"):
                return
            after = data[-1]["id"]

    def _get(self, path: str, query: Json | None = None) -> Json:
        try:
            body: Any = self._client.get(path, cast_to=object, options={"headers": _HEADERS, "params": query or {}})
        except openai.NotFoundError as problem:
            raise Refused("not_found", path) from problem
        except HOPELESS:
            raise
        except openai.APIStatusError as problem:
            raise Refused("endpoint", f"{path}: {problem.status_code} {problem.message}"[:300]) from problem
        if not isinstance(body, dict):
            raise Refused("endpoint", f"{path}: no JSON object")
        return body


def _client(url: str, key: str, version: str | None) -> openai.OpenAI:
    host = urlsplit(url).hostname or ""
    if host.endswith(AZURE):
        root = f"https://{host}"
        return openai.AzureOpenAI(azure_endpoint=root, api_key=key, api_version=version or AZURE_VERSION)
    return openai.OpenAI(base_url=url, api_key=key, default_query={"api-version": version} if version else None)
