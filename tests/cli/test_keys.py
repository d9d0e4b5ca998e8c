"""``assistants-shim keys``: keys are created, shown one time, listed, revoked."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shim.cli.table import app
from shim.server.keyring import Keyring
from shim.settings import current_settings
from shim.store import keys, upstream_objects
from shim.store.database import Database, database


def invoke(*arguments: str, **more: Any) -> Result:
    return CliRunner().invoke(app(), ["keys", *arguments], **more)


@pytest.fixture
def base() -> Database:
    return database(current_settings().database_url)


def test_a_key_is_shown_once_and_is_valid_until_it_is_revoked(base: Database) -> None:
    made = invoke("create", "--tenant", "acme")
    assert made.exit_code == 0
    (secret,) = made.stdout.split()
    row = base.read(keys.find, Keyring(base).of_issued(secret))
    assert row is not None
    assert (row.tenant, row.label, row.revoked_at, row.hint) == ("acme", "acme", None, secret[-4:])
    shown = invoke("list")
    assert row.id in shown.stdout
    assert secret not in shown.stdout + invoke("list", "--json").stdout
    assert invoke("revoke", row.id).stdout == f"revoked {row.id}\n"
    (listed,) = json.loads(invoke("list", "--json").stdout)
    assert listed["revoked_at"] >= listed["created_at"]
    again = invoke("revoke", row.id, "key_none")
    assert (again.exit_code, again.stdout.count("there is no such key")) == (1, 2)


def test_output_as_json(base: Database) -> None:
    made = json.loads(invoke("create", "--tenant", "acme", "--json").stdout)
    assert base.read(keys.find, Keyring(base).of_issued(made["key"])) is not None


@pytest.mark.parametrize("name", ["", "key-1", "-a", "a b", "a/b", "x" * 65, "é"])
def test_invalid_names(name: str) -> None:
    assert invoke("create", "--tenant", name).exit_code == 2


def test_an_upstream_key_gets_a_name(base: Database) -> None:
    added = invoke("add", "--tenant", "acme", "--project", "p1", input="sk-mine-0123456789\n")
    assert (added.exit_code, "sk-mine" in added.stdout) == (0, False)
    given = {"authorization": "Bearer sk-mine-0123456789", "openai-project": "p1"}
    row = base.read(keys.find, Keyring(base).of_headers(given))
    assert row is not None
    assert (row.tenant, row.kind, row.hint) == ("acme", "named", "6789")
    assert base.read(keys.find, Keyring(base).of_headers({"authorization": given["authorization"]})) is None
    again = invoke("add", "--tenant", "other", "--project", "p1", input="sk-mine-0123456789\n")
    assert (again.exit_code, "already belongs to a tenant" in again.output) == (1, True)
    assert invoke("add", "--tenant", "acme", input="\n").exit_code == 2


def test_upstream_objects_are_granted_to_a_tenant(base: Database) -> None:
    assert invoke("grant", "--tenant", "acme", "file-1").exit_code == 2, "nobody has that name"
    invoke("create", "--tenant", "acme")
    assert invoke("grant", "--tenant", "acme", "file-1", "thing_1").exit_code == 2
    assert invoke("grant", "--tenant", "acme", "file-1", "vs_1").exit_code == 0
    assert base.of("acme").read(upstream_objects.owned, ["file-1", "vs_1", "file-2"]) == {"file-1", "vs_1"}


def test_a_secret_chosen_by_the_operator(base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_KEY_SECRET", "pepper")
    made = json.loads(invoke("create", "--tenant", "acme", "--json").stdout)
    assert base.read(keys.find, Keyring(base, "pepper").of_issued(made["key"])) is not None
    assert base.read(keys.find, Keyring(base).of_issued(made["key"])) is None
