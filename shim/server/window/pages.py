"""Renders templates; all values are escaped."""

from typing import Any, Final

import jinja2

from shim.server.window import formatting, timeline
from shim.server.window.reading import RunPage

_environment: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("shim.server.window"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    {name: getattr(formatting, name) for name in ("moment", "stamp", "after", "lasting", "number", "short", "pretty")}
)
_environment.filters.update({"text_of": formatting.text_of, "item": formatting.item, "cut": formatting.cut})


def is_active(status: str) -> bool:
    """Whether a run's page may still change."""
    return status in timeline.ACTIVE


_environment.tests["active"] = is_active


def render(name: str, **values: Any) -> str:
    """A page, or a part of one."""
    return _environment.get_template(name).render(**values)


def run_values(page: RunPage) -> dict[str, Any]:
    """The values for the template of a run's page."""
    run = page.trace.run
    ended = next((run[stamp] for stamp in timeline.STAMPS if run.get(stamp)), None)
    usages = [each.usage for each in page.trace.rounds if each.usage]
    return {
        "run": run,
        "model": page.trace.model,
        "beats": timeline.beats(page),
        "unanswered": page.trace.unanswered,
        "own": {each.response for each in page.trace.rounds},
        "lasted": None if ended is None else max(ended - run["created_at"], 0),
        "tokens": {name: sum(usage.get(name) or 0 for usage in usages) for name in ("input_tokens", "output_tokens")},
        "most": max([usage.get("input_tokens") or 0 for usage in usages] + [1]),
    }
