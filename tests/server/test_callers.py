"""How callers are identified: several keys of one tenant, and an upstream key that is checked upstream."""

from pathlib import Path
from typing import Any, Final

from shim.server.keyring import Keyring
from shim.store import keys
from shim.store.database import database
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.server.sending import send
from tests.server.served import served
from tests.stores import Stores

#: An assistant that is declared in a file for a tenant.
DECLARED: Final = "asst_" + "D" * 24


def test_several_keys_of_one_tenant(stores: Stores, tmp_path: Path) -> None:
    """A key is replaced: as long as both keys are valid, they give access to the same objects."""
    url = stores.new(tmp_path, "rotated.db")
    ring = Keyring(database(url))
    old, new, other = ({"authorization": f"Bearer sk-{name}-{'x' * 30}"} for name in ("old", "new", "other"))
    (tmp_path / "team.yaml").write_text(f"{{id: {DECLARED}, model: gpt-4o, tenants: [acme]}}")
    more: dict[str, Any] = {"auth": "pass-through", "assistants": str(tmp_path / "team.yaml")}
    with Loopback() as upstream, served(True, upstream=upstream.url, database_url=url, **more) as at:
        made = send(f"{at}/v1/assistants", "POST", {"model": "gpt-4o"}, **old).json["id"]
        elsewhere = send(f"{at}/v1/assistants", "POST", {"model": "gpt-4o"}, **other).json["id"]
        path, declared = f"{at}/v1/assistants/{made}", f"{at}/v1/assistants/{DECLARED}"
        assert send(path, **new).status == 404
        assert send(declared, **old).status == 404
        first = ring.name("acme", old, 1)
        assert first is not None
        assert ring.name("acme", new, 2) is not None
        assert [send(path, **each).status for each in (old, new, other)] == [200, 200, 404]
        assert [send(declared, **each).status for each in (old, new, other)] == [200, 200, 404]
        assert send(path, **new, openai_project="another").status == 404, "upstream sees somebody else"
        assert ring.name("acme", other, 3) is None, "what it has made would be lost to it"
        assert ring.name("acme", old, 3) is None, "it has a name"
        assert send(f"{at}/v1/assistants/{elsewhere}", **other).status == 200
        ring.database.write(keys.revoke, first.id, 4)
        assert [send(path, **each).status for each in (old, new)] == [401, 200]
    stores.drop(url)


def test_an_upstream_key_is_checked_once_in_an_interval(stores: Stores, tmp_path: Path) -> None:
    url = stores.new(tmp_path, "checked.db")
    with Loopback() as upstream, served(True, upstream=upstream.url, database_url=url, auth="pass-through") as at:
        for _ in range(3):
            assert send(f"{at}/v1/assistants", authorization="Bearer sk-good").status == 200
        assert [request.path for request in upstream.requests] == ["/v1/models"]
        upstream.answer = lambda request: Reply.error(503, "down")
        got = send(f"{at}/v1/assistants", authorization="Bearer sk-else")
        assert (got.status, got.error["type"]) == (503, "server_error")
        upstream.answer = lambda request: Reply.error(403, "not for this key") if "models" in request.path else None
        assert send(f"{at}/v1/assistants", authorization="Bearer sk-limited").status == 200
    stores.drop(url)
