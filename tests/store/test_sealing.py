"""Contents encrypted at rest."""

import pytest
import sqlalchemy as sa

from shim.store import sealing
from shim.store.errors import StoreFailed
from shim.store.sealing import MARK, NO_KEY, OTHER_KEY, Seal

fernet = pytest.importorskip("cryptography.fernet")
OLD, NEW = (fernet.Fernet.generate_key().decode() for _ in range(2))
TEXTS = ['{"a":"é\\u0000"}', "", "gAAAA", "\0"]
FILES = [b"\x00\xff\n", b"", MARK, b"\x00sealed"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_encrypted_and_decrypted(text: str) -> None:
    seal = Seal((NEW,))
    closed = seal.close(text)
    assert closed.isascii()
    assert closed != seal.close(text)
    assert closed != text
    assert seal.open(closed) == text
    # A text that was stored before there was a key.
    assert seal.open(text) == text


@pytest.mark.parametrize("content", FILES)
def test_a_file_is_encrypted_and_decrypted(content: bytes) -> None:
    seal = Seal((NEW,))
    closed = seal.close_file(content)
    assert closed.startswith(MARK)
    assert seal.open_file(closed) == content
    assert seal.open_file(memoryview(closed)) == content  # type: ignore[arg-type]
    if not content.startswith(MARK):
        assert seal.open_file(content) == content


def test_the_first_key_encrypts_and_every_key_decrypts() -> None:
    old, new, both = Seal((OLD,)), Seal((NEW,)), Seal((NEW, OLD))
    assert both.open(old.close("a")) == both.open(new.close("a")) == "a"
    assert new.open(both.close("a")) == "a"
    for opened in (lambda: old.open(both.close("a")), lambda: old.open_file(both.close_file(b"a"))):
        with pytest.raises(StoreFailed, match="none of the keys") as caught:
            opened()
        assert str(caught.value) == OTHER_KEY


def test_the_plain_mode_decrypts_and_does_not_encrypt() -> None:
    plain, sealing_ = Seal((NEW,), plain=True), Seal((NEW,))
    assert (plain.close("a"), plain.close_file(b"a"), plain.mark("ab")) == ("a", b"a", "ab")
    assert plain.open(sealing_.close("a")) == "a"
    assert plain.open_file(sealing_.close_file(b"a")) == b"a"


def test_a_mark_depends_only_on_the_first_key() -> None:
    digest = "0123456789" * 4
    mark = Seal((NEW,)).mark(digest)
    assert Seal((NEW, OLD)).mark(digest) == mark != digest
    assert len(mark) == len(digest)
    assert Seal((OLD, NEW)).mark(digest) != mark
    assert Seal((NEW,)).mark("1" + digest[1:]) != mark


@pytest.mark.parametrize("keys", [("secret-that-is-no-key",), (NEW, ""), (NEW[:-4],)])
def test_an_invalid_key_is_not_shown_in_its_error(keys: tuple[str, ...]) -> None:
    with pytest.raises(StoreFailed) as caught:
        Seal(keys)
    assert str(caught.value) == NO_KEY
    assert caught.value.__suppress_context__


def test_columns_encrypt_when_written_and_decrypt_when_read() -> None:
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("text", sealing.Text),
        sa.Column("mark", sealing.Mark),
        sa.Column("file", sealing.File),
    )
    values = {"text": "words", "mark": "digest", "file": b"bytes"}
    engine = sa.create_engine("sqlite://")
    seal = Seal((NEW,))
    sealing.use(engine, seal)
    assert sealing.of(engine) is seal
    with engine.connect() as db:
        assert sealing.of(db) is seal
        table.create(db)
        db.execute(table.insert(), [values, dict.fromkeys(values)])
        raw = db.exec_driver_sql("SELECT * FROM t").all()
        assert not {"words", "digest", b"bytes"} & set(raw[0])
        assert tuple(raw[1]) == (None, None, None)
        found = db.execute(sa.select(table)).all()
        assert [tuple(row) for row in found] == [("words", seal.mark("digest"), b"bytes"), (None, None, None)]
        assert db.execute(sa.select(table.c.file).where(table.c.mark == "digest")).scalar() == b"bytes"
    engine.dispose()


def test_without_keys_nothing_is_encrypted() -> None:
    engine = sa.create_engine("sqlite://")
    assert sealing.of(engine) is None
    for kind in (sealing.Text(), sealing.Mark(), sealing.File()):
        process = kind.bind_processor(engine.dialect)
        value = b"a" if isinstance(kind, sealing.File) else "a"
        assert process is None or process(value) == value
    engine.dispose()
