"""The same on PostgreSQL, where who repeats a call may reach another machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.repeated_calls.test_keys import test_every_post_that_makes_something
from tests.scenarios.repeated_calls.test_lost_answers import test_a_stream_that_was_lost_tells_the_same
from tests.stores import POSTGRES, Databases

#: Collected here as well, with this module's database.
__all__ = ["test_a_stream_that_was_lost_tells_the_same", "test_every_post_that_makes_something"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not POSTGRES, reason="no SHIM_TEST_POSTGRES")]


@pytest.fixture(scope="module")
def there() -> Iterator[Databases]:
    made = Databases(POSTGRES or "")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _on_the_server(there: Databases, _nobodys_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", there.new(tmp_path))
