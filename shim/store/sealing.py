"""Contents encrypted at rest: columns that are sealed on their way into the database and opened on their way out.

The keys are Fernet's (https://github.com/fernet/spec): AES-128 in CBC mode with HMAC-SHA256.  The first one seals, each
of them opens, so that a key can be replaced.  A database without keys has columns of text and nothing else: its values
pass through nothing of this.
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
#: What a sealed file begins with; a sealed text begins with Fernet's version, which no JSON does.
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
    """``keys``: the newest first.  ``plain``: open what is sealed, and seal nothing any more.

    Raises `StoreFailed` for what is no key, and without the package.
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
        """What was sealed; what was stored before there was a key, as it is.  Raises `StoreFailed`."""
        return self._opened(text.encode()).decode() if text.startswith(_TOKEN) else text

    def mark(self, digest: str) -> str:
        """A digest that nobody can make of a guess without the key.  It is the same as long as the first key is."""
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
        # Not chained: nobody's key belongs in a traceback.
        raise StoreFailed(NO_KEY) from None


def use(engine: sa.Engine, seal: Seal | None) -> None:
    """Let an engine that is new seal with ``seal``."""
    setattr(engine.dialect, _ATTRIBUTE, seal)


def of(db: sa.Connection | sa.Engine) -> Seal | None:
    """What a connection seals with."""
    found: Seal | None = getattr(db.dialect, _ATTRIBUTE, None)
    return found


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
    """A digest of contents, to be found again by whoever can make the same one."""

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
