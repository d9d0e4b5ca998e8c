"""A Chromium for tests of pages: the system's own, headless, driven by playwright.

Skipped where there is none, unless REQUIRE_CHROMIUM=1 (`.ci/chromium.sh` installs it).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
REQUIRED = os.environ.get("REQUIRE_CHROMIUM") == "1"
#: The folder for screenshots: none by default, as their bytes differ from machine to machine.
SCREENSHOTS = os.environ.get("SCREENSHOTS")
#: Milliseconds after which something that should have shown has not.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser.  Only for as long as one file's tests: what drives it keeps an event loop of its own in this thread,
    and other tests need theirs.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if REQUIRED:
            pytest.fail("REQUIRE_CHROMIUM=1, and there is no Chromium")
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Its sandbox refuses to work for root, in containers above all.
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chromium: Any, **how: Any) -> Any:
    """A page in a profile of its own.  ``page.complaints`` lists errors of scripts, whatever was refused or not found,
    dialogs, and requests that would have left the loopback address.
    """
    page = chromium.new_context(**how).new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
    page.on("console", lambda told: page.complaints.append(told.text) if told.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (page.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: None if _near(asked.url) else page.complaints.append(f"asks {asked.url}"))
    return page


def _near(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))


def shoot(page: Any, name: str, **how: Any) -> bytes:
    """A picture of the page; kept as ``NAME.png`` where SCREENSHOTS names a folder."""
    path = Path(SCREENSHOTS) / f"{name}.png" if SCREENSHOTS else None
    picture: bytes = page.screenshot(path=path, **how)
    return picture
