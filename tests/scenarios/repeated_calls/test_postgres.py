"""The same tests on PostgreSQL, where a repeated call may reach another machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.repeated_calls.test_keys import test_a_repeated_key_creates_no_second_object
from tests.scenarios.repeated_calls.test_lost_answers import test_a_repeated_stream_has_the_same_events
from tests.stores import POSTGRES, Databases

#: Pytest collects these tests here, too, with this module's database.
__all__ = ["test_a_repeated_key_creates_no_second_object", "test_a_repeated_stream_has_the_same_events"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not POSTGRES, reason="no SHIM_TEST_POSTGRES")]


@pytest.fixture(scope="module")
def there() -> Iterator[Databases]:
    made = Databases(POSTGRES or "")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _on_the_server(there: Databases, _nobodys_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", there.new(tmp_path))
