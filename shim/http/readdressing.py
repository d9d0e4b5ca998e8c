"""Sends a client's calls to another server than its base URL names: `SHIM_UPSTREAM` holds for the whole program.

Files and vector stores must be where the runs are that use them, and nothing may reach a server that was replaced.
"""

import re
from collections.abc import Callable
from typing import Any, Final

#: Changes a request that is passed on.
Readdress = Callable[[Any], None]
#: An Azure client puts its deployment before the paths of models.
DEPLOYMENT: Final = re.compile(rb"deployments/[^/]+/")
#: Where the SDK notes the server for which an Azure client's key is meant; it removes the key from requests to others.
AZURE_ORIGIN: Final = "openai.azure_auth_origin"
PORTS: Final = {"http": 80, "https": 443}


def leave(request: Any) -> None:
    """For calls that go to the client's own base URL."""


def to(upstream: Any, base: Callable[[], Any], base_path: Callable[[], str]) -> Readdress:
    """Returns what sends requests for the client's ``base`` to ``upstream``; both are URLs of the HTTP library.
    ``base_path``: the part of the path before the API's own.  Requests for any other server are not changed.
    """

    def readdress(request: Any) -> None:
        url, path = request.url, base_path().encode("ascii")
        same = (url.scheme, url.host, url.port) == (base().scheme, base().host, base().port)
        if not same or not url.raw_path.startswith(path):
            return
        rest, _, query = url.raw_path[len(path) :].lstrip(b"/").partition(b"?")
        kept = [each for each in query.split(b"&") if each and not each.startswith(b"api-version=")]
        raw_path = upstream.raw_path.rstrip(b"/") + b"/" + DEPLOYMENT.sub(b"", rest, count=1)
        request.url = upstream.copy_with(raw_path=raw_path + (b"?" + b"&".join(kept) if kept else b""))
        request.headers["host"] = request.url.netloc.decode("ascii")
        if AZURE_ORIGIN in request.extensions:
            origin = (upstream.scheme, upstream.host, upstream.port or PORTS.get(upstream.scheme))
            request.extensions[AZURE_ORIGIN] = origin

    return readdress
