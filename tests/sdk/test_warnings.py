"""The SDK's deprecation warning for the old API is suppressed on the shim's clients; every other warning
is unchanged.
"""

import inspect
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest
from packaging.version import Version

import shim
from shim import AsyncOpenAI, OpenAI
from shim.sdk.warnings import ADVICE, NESTED, WARNERS
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.ways_in.conversation import converse, either, server

PLAIN: dict[str, Any] = {"api_key": "test", "base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with server() as found:
        yield found


@contextmanager
def recorded_warnings() -> Iterator[list[Any]]:
    """Record all warnings, independent of the filters of the test suite."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def resources(resource: Any) -> Iterator[Any]:
    """The beta resource and all resources below it."""
    yield resource
    for name in NESTED:
        if hasattr(type(resource), name):
            yield from resources(getattr(resource, name))


@pytest.mark.parametrize("colour", COLOURS)
def test_a_conversation_causes_no_warning(upstream: Loopback, colour: str) -> None:
    with (
        recorded_warnings() as caught,
        either(colour, OpenAI, AsyncOpenAI, api_key="test", base_url=upstream.url) as client,
    ):
        converse(client)
        client.beta.assistants.with_raw_response.list()
        converse(client.with_options(timeout=9))
    assert [str(each.message) for each in caught if "Assistants" in str(each.message)] == []
    assert [each.message for each in caught if issubclass(each.category, DeprecationWarning)] == []


def test_installed_clients_do_not_warn_and_uninstalled_ones_do(upstream: Loopback) -> None:
    given: Any = {"api_key": "test", "base_url": upstream.url, "max_retries": 0}
    shim.install()
    with recorded_warnings() as caught, openai.OpenAI(**given) as client:
        converse(client)
    shim.uninstall()
    assert [each.message for each in caught if issubclass(each.category, DeprecationWarning)] == []
    with openai.OpenAI(**given) as client, recorded_warnings() as caught, pytest.raises(openai.NotFoundError):
        client.beta.threads.create()
    assert bool(caught) == hasattr(type(client.beta.threads).create, "__deprecated__")


def chain(method: Any) -> Iterator[Any]:
    """A function and all functions that it wraps."""
    while method is not None:
        yield method
        method = getattr(method, "__wrapped__", None)


def warns(method: Any) -> bool:
    return any(each.__globals__["__name__"] in WARNERS for each in chain(method))


@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI], ids=COLOURS)
def test_no_method_of_the_shim_gives_the_warning(kind: Any) -> None:
    """Checks every method, including the polling and streaming helpers; their signatures are those of the SDK."""
    advised = 0
    for resource in resources(kind(**PLAIN).beta):
        loud = type(resource).__mro__[1]
        for name, method in inspect.getmembers(loud, inspect.isfunction):
            mine, message = getattr(type(resource), name), getattr(method, "__deprecated__", None)
            assert inspect.signature(mine) == inspect.signature(method), name
            if message in ADVICE:
                advised += 1
                assert not warns(mine), name
            else:
                assert mine is method, f"{name}: {message}"
    first = Version(openai.__version__) < Version("1.70")
    assert advised == 0 if first else advised > 20


def test_the_plain_sdk_still_warns() -> None:
    before = openai.resources.beta.threads.Runs.retrieve
    mine = type(OpenAI(**PLAIN).beta.threads.runs).retrieve
    assert openai.resources.beta.threads.Runs.retrieve is before
    assert (mine is before) == (not warns(before))


@pytest.mark.skipif(
    not hasattr(openai.resources.beta.threads.Runs, "create_and_stream")
    or openai.resources.beta.threads.Runs.create_and_stream.__deprecated__ in ADVICE,
    reason="this SDK warns of nothing else there",
)
def test_a_method_with_another_warning_still_warns(upstream: Loopback) -> None:
    with OpenAI(api_key="test", base_url=upstream.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
        with pytest.warns(DeprecationWarning, match="use `stream` instead"):
            manager = client.beta.threads.runs.create_and_stream(thread_id=thread.id, assistant_id=helper.id)
        with manager as events:
            events.until_done()


def test_no_filter_is_set() -> None:
    """A warning of other code with the same text is still shown."""
    with recorded_warnings() as caught, OpenAI(**PLAIN):
        for text in ADVICE:
            warnings.warn(text, DeprecationWarning, stacklevel=1)
    assert {str(each.message) for each in caught} == ADVICE


def test_classes_have_the_sdks_names_and_base_classes() -> None:
    """Tracing libraries inspect classes, and some programs check types."""
    client = OpenAI(**PLAIN)
    for resource in resources(client.beta):
        loud = type(resource).__mro__[1]
        assert isinstance(resource, loud)
        assert (type(resource).__name__, type(resource).__module__) == (loud.__name__, loud.__module__)
