"""Encryption at rest: columns that are encrypted when they are written and decrypted when they are read.

The keys are Fernet's (https://github.com/fernet/spec): AES-128 in CBC mode with HMAC-SHA256.  The first key encrypts,
each of them decrypts, so that a key can be replaced.  Without keys these are plain text columns, without any
conversion.
"""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from shim.store.errors import StoreFailed

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

T = TypeVar("T")
#: The beginning of an encrypted file; an encrypted text begins with Fernet's version, which no JSON does.
MARK: Final = b"\x00sealed\x00"
_TOKEN: Final = "gAAAAA"
_ATTRIBUTE: Final = "shim_seal"
NO_KEY: Final = (
    "SHIM_ENCRYPTION_KEY contains something that is not a key: a key is 32 bytes in URL-safe base64, which "
    "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'` "
    "makes. Several are separated by commas, the newest first."
)
OTHER_KEY: Final = "The store contains a text that none of the keys in SHIM_ENCRYPTION_KEY decrypts."


class Seal:
    """``keys``: the newest first.  ``plain``: decrypt what is encrypted, and encrypt nothing any more.

    Raises `StoreFailed` for an invalid key, and if the package is missing.
    """

    def __init__(self, keys: tuple[str, ...], plain: bool = False) -> None:
        self._fernet: Final = _fernet(keys)
        self._first: Final = keys[0].encode()
        self.plain: Final = plain

    def close(self, text: str) -> str:
        if self.plain:
            return text
        token: bytes = self._fernet.encrypt(text.encode())
        return token.decode()

    def open(self, text: str) -> str:
        """Decrypt a text; a text that was stored before there was a key is returned unchanged.  Raises
        `StoreFailed`.
        """
        return self._opened(text.encode()).decode() if text.startswith(_TOKEN) else text

    def mark(self, digest: str) -> str:
        """A keyed digest, so that a guess cannot be checked without the key.  It changes with the first key."""
        return digest if self.plain else hmac.new(self._first, digest.encode(), "sha256").hexdigest()[: len(digest)]

    def close_file(self, content: bytes) -> bytes:
        token: bytes = content if self.plain else MARK + self._fernet.encrypt(content)
        return token

    def open_file(self, content: bytes) -> bytes:
        content = bytes(content)
        return self._opened(content[len(MARK) :]) if content.startswith(MARK) else content

    def _opened(self, token: bytes) -> bytes:
        from cryptography.fernet import InvalidToken

        try:
            opened: bytes = self._fernet.decrypt(token)
        except InvalidToken:
            raise StoreFailed(OTHER_KEY) from None
        return opened


def _fernet(keys: tuple[str, ...]) -> "MultiFernet":
    try:
        from cryptography.fernet import Fernet, MultiFernet
    except ModuleNotFoundError:
        raise StoreFailed(
            "SHIM_ENCRYPTION_KEY needs the package 'cryptography': pip install 'assistants-shim[encryption]'."
        ) from None
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        # Without the cause, as a key must not be in a traceback.
        raise StoreFailed(NO_KEY) from None


def use(engine: sa.Engine, seal: Seal | None) -> None:
    """Let a new SQLAlchemy engine encrypt with ``seal``."""
    setattr(engine.dialect, _ATTRIBUTE, seal)


def of(db: sa.Connection | sa.Engine) -> Seal | None:
    """The `Seal` of a connection."""
    seal: Seal | None = getattr(db.dialect, _ATTRIBUTE, None)
    return seal


def _after(usual: Callable[[Any], Any] | None, then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def process(value: Any) -> Any:
        if usual is not None:
            value = usual(value)
        return None if value is None else then(value)

    return process


class Text(TypeDecorator[str]):
    """A text with contents."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        seal: Seal | None = getattr(dialect, _ATTRIBUTE, None)
        usual = super().bind_processor(dialect)
        return usual if seal is None else _before(seal.close, usual)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        seal: Seal | None = getattr(dialect, _ATTRIBUTE, None)
        usual = super().result_processor(dialect, coltype)
        return usual if seal is None else _after(usual, seal.open)


class Mark(TypeDecorator[str]):
    """A keyed digest of contents, for look-ups of equal contents."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        seal: Seal | None = getattr(dialect, _ATTRIBUTE, None)
        usual = super().bind_processor(dialect)
        return usual if seal is None else _before(seal.mark, usual)


class File(TypeDecorator[bytes]):
    """A file with contents."""

    impl = sa.LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        seal: Seal | None = getattr(dialect, _ATTRIBUTE, None)
        usual = super().bind_processor(dialect)
        return usual if seal is None else _before(seal.close_file, usual)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        seal: Seal | None = getattr(dialect, _ATTRIBUTE, None)
        usual = super().result_processor(dialect, coltype)
        return usual if seal is None else _after(usual, seal.open_file)


def _before(first: Callable[[Any], Any], usual: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def process(value: Any) -> Any:
        value = None if value is None else first(value)
        return value if usual is None else usual(value)

    return process
