"""Which model answers for which: the settings' own map, and the table of retired ones where OpenAI's names count."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from shim.settings import Settings
from shim.translate import models

log = logging.getLogger("shim")
OFF: Final = "off"
#: Upstreams at which the table's names mean the table's models; elsewhere a name may mean anything.
OPENAI: Final = ("openai", "sandbox")
_warned: set[str] = set()


def mapper(chosen: Settings, upstream: Callable[[], str]) -> Callable[[str], str]:
    """A function from the model that a run names to the one to call; ``upstream`` names the server's profile.

    Raises ValueError when the setting can be read in no way.
    """
    if chosen.model_map == OFF:
        return str
    mine = _mine(chosen.model_map)

    def model_of(model: str) -> str:
        retired = models.RETIRED if upstream() in OPENAI else {}
        found = models.successor(model, time.strftime("%Y-%m-%d", time.gmtime()), mine, retired)
        if found != model and model not in _warned:
            _warned.add(model)
            log.warning("model %s is answered by %s; SHIM_MODEL_MAP decides, `off` turns this off", model, found)
        return found

    return model_of


def _mine(given: str | None) -> Mapping[str, str]:
    if not given:
        return {}
    text = given if given.lstrip().startswith("{") else Path(given).expanduser().read_text(encoding="utf-8")
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise ValueError("SHIM_MODEL_MAP is no JSON object from model names to model names")
    return found
