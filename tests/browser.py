"""A Chromium for tests of pages: the system's browser, headless, controlled by playwright.

Tests are skipped where there is no Chromium, unless REQUIRE_CHROMIUM=1 (`.ci/chromium.sh` installs it).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
REQUIRED = os.environ.get("REQUIRE_CHROMIUM") == "1"
#: The folder for screenshots. By default there is none, as the bytes of screenshots differ between machines.
SCREENSHOTS = os.environ.get("SCREENSHOTS")
#: Milliseconds after which a missing element of a page is an error.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser. It is closed after each file's tests, as playwright runs an event loop in this thread and other
    tests need to run their own.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if REQUIRED:
            pytest.fail("REQUIRE_CHROMIUM=1, and there is no Chromium")
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Chromium's sandbox does not start as root, which is the usual user in containers.
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chromium: Any, **how: Any) -> Any:
    """A page in a new browser profile. ``page.complaints`` lists script errors, resources that were refused or not
    found, dialogs, and requests to addresses other than loopback.
    """
    page = chromium.new_context(**how).new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("dialog", lambda dialog: (page.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: None if _near(request.url) else page.complaints.append(f"asks {request.url}"))
    return page


def _near(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))


def shoot(page: Any, name: str, **how: Any) -> bytes:
    """A screenshot of the page; stored as ``NAME.png`` if SCREENSHOTS names a folder."""
    path = Path(SCREENSHOTS) / f"{name}.png" if SCREENSHOTS else None
    picture: bytes = page.screenshot(path=path, **how)
    return picture
