"""The report for people: one HTML file without scripts, which loads nothing from elsewhere.

All values are escaped, and its content security policy allows nothing but its own style sheet.
"""

import base64
import hashlib
from importlib.resources import files
from time import gmtime, strftime
from typing import Any, Final

import jinja2

from shim.migrate.parity import formats, numbers, playback
from shim.migrate.parity.answers import Answer
from shim.migrate.parity.differences import ASPECTS
from shim.migrate.parity.results import VERDICTS, Report, cost
from shim.wire import encoding

_environment: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("shim.migrate.parity"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _moment(seconds: int) -> str:
    return strftime("%Y-%m-%d %H:%M UTC", gmtime(seconds))


def _form(answer: Answer) -> str:
    """The form of an answer as a short text."""
    shape = formats.form(answer.text, answer.refused)
    return ", ".join([formats.KINDS[shape.kind], *shape.features, *shape.languages])


_environment.filters.update(
    number=numbers.number,
    dollars=numbers.dollars,
    seconds=numbers.seconds,
    spread=numbers.spread,
    moment=_moment,
    form=_form,
)


def page(report: Report, version: str) -> str:
    """The page.  ``version``: of the shim."""
    style = files("shim.migrate.parity").joinpath("templates/report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    values: dict[str, Any] = {
        "report": report,
        "summaries": report.summaries(),
        "cost_of": lambda answer: cost(answer, report.prices),
        "sums": numbers,
        "style": style,
        "digest": digest,
        "matches": playback.MATCHES,
        "aspects": ASPECTS,
        "verdicts": VERDICTS,
        "version": version,
    }
    return encoding.well_formed(_environment.get_template("report.html").render(**values))
