"""Makes callers' keys and hashes them: the store holds a keyed hash, from which the key cannot be found."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from shim.store import keys
from shim.store.database import Database
from shim.store.keys import Key, Kind
from shim.wire import ids

#: The beginning of a key of this server.
PREFIX: Final = "sk-shim-"
#: The form of a tenant's name.  Values that begin with `OF_KEY` are tenants of keys without a name.
NAME: Final = re.compile(r"(?!key-)[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
OF_KEY: Final = "key-"
#: The credentials that determine the tenant: the same key in another project is another tenant.
CREDENTIAL_HEADERS: Final = ("authorization", "openai-organization", "openai-project")


class IssuedKey(NamedTuple):
    """A key that was just issued, and its row in the store."""

    secret: str
    row: Key


class Keyring:
    """The keys of one store.  ``secret``: the key of the hash; None stands for the store's own."""

    def __init__(self, database: Database, secret: str | None = None) -> None:
        self.database: Final = database
        self._secret = secret

    def digest(self, *parts: str) -> str:
        """A keyed hash.  Reads the store's secret the first time."""
        if self._secret is None:
            self._secret = self.database.write(keys.secret, secrets.token_hex(32))
        # Each part with its length, so that different lists of parts have different hashes.
        framed = b"".join(b"%d:%b" % (len(part.encode()), part.encode()) for part in parts)
        return hmac.new(self._secret.encode(), framed, hashlib.sha256).hexdigest()

    def of_headers(self, headers: Mapping[str, str]) -> str:
        """The hash of the credentials that are sent upstream."""
        return self.digest("credentials", *(_plain(headers.get(name, "")) for name in CREDENTIAL_HEADERS))

    def of_issued(self, key: str) -> str:
        """The hash of a key that this server has issued."""
        return self.digest("issued", key)

    def issue(self, label: str, now: int) -> IssuedKey:
        """Issue a key for the tenant with that name."""
        key = PREFIX + secrets.token_urlsafe(32)
        row = self._row(label, self._tenant(label), "issued", key, now)
        self.database.write(keys.add, row, self.of_issued(key))
        return IssuedKey(key, row)

    def name(self, label: str, headers: Mapping[str, str], now: int) -> Key | None:
        """Assign the credentials in ``headers`` to the tenant with that name; None if they already have a name, or have
        objects of their own that the tenant's other keys would not see.
        """
        digest = self.of_headers(headers)
        digest_tenant, known = tenant_of_key(digest), self.database.read(keys.tenant_of, label)
        has_objects = self.database.of(digest_tenant).read(keys.has_objects)
        if has_objects and known not in (None, digest_tenant):
            return None
        row = self._row(
            label, known or (digest_tenant if has_objects else label), "named", headers.get("authorization", ""), now
        )
        return row if self.database.write(keys.add, row, digest) else None

    def _tenant(self, label: str) -> str:
        return self.database.read(keys.tenant_of, label) or label

    def _row(self, label: str, tenant: str, kind: Kind, key: str, now: int) -> Key:
        return Key(ids.new("key"), tenant, label, kind, key[-4:], now, None)


def tenant_of_key(digest: str) -> str:
    """The tenant of credentials that have no name."""
    return f"{OF_KEY}{digest[:40]}"


def bearer_of(headers: Mapping[str, Any]) -> str | None:
    """The key in an Authorization header, without its scheme."""
    return _plain(headers.get("authorization", "")) or None


def _plain(value: str) -> str:
    scheme, _, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value.strip()


def shown(key: str) -> str:
    """A key in the form for errors."""
    return key if len(key) <= 12 else f"{key[:6]}{'*' * (len(key) - 10)}{key[-4:]}"
