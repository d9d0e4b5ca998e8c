"""``assistants-shim sandbox`` prints its address, and serves at that address."""

import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.sandbox import http


def test_the_printed_address_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[int, str]] = []
    monkeypatch.setattr(http, "serve", lambda port, host: served.append((port, host)))
    shown = CliRunner().invoke(table.app(), ["sandbox", "--port", "8123"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert "http://127.0.0.1:8123/v1" in shown.output
    assert served == [(8123, "127.0.0.1")]
