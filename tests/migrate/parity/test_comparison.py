"""The whole comparison, without the command's output."""

import threading
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from shim import OpenAI
from shim.migrate.parity import comparison
from shim.store import survey


def test_a_comparison_uses_its_own_store_and_client() -> None:
    with OpenAI(base_url="http://127.0.0.1:9/v1", api_key="key", max_retries=0) as client:
        with comparison.replay_environment(client) as (place, base):
            path = Path(str(base.url.database))
            assert place.client.api_key == "key"
            assert place.client.base_url == client.base_url
            assert place.client.max_retries == comparison.RETRIES
            place.client.beta.threads.create()
            assert len(base.read(survey.threads, None)) == 1
            assert path.is_file()
            assert place.context.delete_responses
            # A retired model is called by its own name, without a successor.
            assert place.context.models.model_to_call("gpt-4-0314", None) == "gpt-4-0314"
        assert not path.parent.exists()
        assert client.max_retries == 0
        assert client.shim.threads.list() == []


def test_work_is_done_by_the_given_number_of_threads() -> None:
    together = threading.Barrier(3, timeout=20)
    done: list[int] = []

    def work(number: Any) -> None:
        together.wait()
        done.append(number)

    comparison._work(deque(range(9)), work, 3)
    assert sorted(done) == [*range(9)]


def test_an_exception_of_one_worker_stops_all() -> None:
    jobs: Any = deque(range(100))

    def work(number: Any) -> None:
        raise ValueError(number)

    with pytest.raises(ValueError):
        comparison._work(jobs, work, 1)
    assert not jobs
