"""Files and pages for operators: the settings, options, metrics and paths in them exist."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from shim.server import ownership
from shim.server.metrics import Metrics
from shim.settings import names

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("serve", "serve-many", "operate", "behind-a-proxy", "scale", "upgrade-and-back-up")
FILES: Final = [
    "Dockerfile",
    "compose.yaml",
    "docs/explanation/threat-model.md",
    *(f"docs/how-to/{page}.md" for page in PAGES),
]


@pytest.mark.parametrize("name", FILES)
def test_settings_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    assert set(re.findall(r"\bSHIM_[A-Z_]+\b", text)) - set(names()) == set()


def test_metrics_are_those_of_the_page() -> None:
    made = {each.name for each in Metrics()._registry.collect() if each.name.startswith("shim_")}
    page = (ROOT / "docs/how-to/operate.md").read_text()
    documented = {
        name.removesuffix("_total")
        for name in re.findall(r"^\| .*", page, re.M)
        for name in re.findall(r"`(shim_\w+)", name)
    }
    assert documented == made


def test_the_image_is_built_from_files_that_exist() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [
        name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]
    ]
    context = set((ROOT / ".dockerignore").read_text().splitlines())
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in context, f"{name} would not reach the build"
    assert "USER 10001" in lines


def test_the_services_fit_together() -> None:
    services: Any = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    shim, postgres = services["shim"], services["postgres"]
    environment = shim["environment"]
    assert environment["SHIM_DATABASE_URL"].endswith("@postgres/shim")
    assert (postgres["environment"]["POSTGRES_USER"], postgres["environment"]["POSTGRES_DB"]) == ("shim", "shim")
    grace = int(shim["stop_grace_period"].removesuffix("s"))
    assert grace > float(environment["SHIM_DRAIN_SECONDS"]) + float(environment["SHIM_EXIT_GRACE"]) + 10
    assert shim["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_calls_passed_on_for_tenants_are_those_of_the_page() -> None:
    page = (ROOT / "docs/how-to/serve-many.md").read_text()
    table = page[page.index("| call | rule |") : page.index("Objects that already exist upstream")]
    for found in ownership.RULES:
        for part in re.findall(r"[a-z_]{5,}", found.path.pattern):
            assert part in table, part


def test_the_read_time_out_of_a_proxy_is_longer_than_a_run() -> None:
    page = (ROOT / "docs/how-to/behind-a-proxy.md").read_text()
    assert [int(each) for each in re.findall(r"read_timeout (\d+)s", page)] == [660, 660]
