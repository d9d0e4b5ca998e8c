"""Access to the pages: a key is the password; if the server does not distinguish callers, only this machine has
access.
"""

import base64
import binascii
from typing import Final

from starlette.requests import Request

from shim.server import headers
from shim.server.callers import Caller, Callers, Open
from shim.server.hosts import Loopback, is_loopback
from shim.wire.errors import ApiError, error

#: Headers that show that a request came through a proxy.
BROUGHT: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
#: Makes a browser ask for a name and a password, which it sends only for these pages.
ASK: Final = 'Basic realm="assistants-shim: any name, and your key as the password", charset="UTF-8"'


async def enter(callers: Callers, request: Request) -> Caller:
    """The caller whose objects are shown.  Raises `ApiError` without access."""
    if isinstance(callers, Open):
        _check_near(request)
    upstream_headers = headers.for_upstream(request.scope["headers"])
    try:
        return await callers.identify(upstream_headers | _with_key(upstream_headers.get("authorization", "")))
    except ApiError as problem:
        if problem.status == 401:
            problem.headers["www-authenticate"] = ASK
        raise


def _check_near(request: Request) -> None:
    """Raises `ApiError` for a request from another machine, directly or through a proxy."""
    try:
        Loopback().check(request.headers)
    except ApiError:
        raise error("window_is_local", address=request.headers.get("host", "")) from None
    address = request.client.host if request.client else ""
    if not is_loopback(address) or any(name in request.headers for name in BROUGHT):
        raise error("window_is_local", address=address)


def _with_key(authorization: str) -> dict[str, str]:
    """Basic credentials as a bearer token: the password is the key."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        _, _, key = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {"authorization": ""}
    # Nothing else can be sent in a header, nor is it a key.
    return {"authorization": f"Bearer {key}" if key.isascii() and key.isprintable() else ""}
