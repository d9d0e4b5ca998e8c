"""The model to call for the one that a run names.

`SHIM_MODEL_MAP` takes precedence, then the table of retired models.  If the table says that a model is retired,
upstream's own list is checked first, once a day: a model that it still has is called.  Other models cost no extra
request.
"""

import logging
from typing import Any, Final

from shim.engine.context import Context
from shim.ports import Refusal
from shim.translate.models import Listed

log = logging.getLogger("shim")
#: Seconds for which a list is valid, and seconds before a failed request for it is repeated.
LIST_LIFETIME: Final = 86_400.0
RETRY_DELAY: Final = 600.0
#: Pairs that were logged: the model of a run, and the one that was called.
_logged: Final[set[tuple[str, str]]] = set()
HINT: Final = "; SHIM_MODEL_MAP chooses another model, `off` turns this off"


def model_to_call(context: Context, model: str) -> str:
    """The model to call, as far as is known without a request to upstream."""
    profile = context.upstream.profile()
    if not profile.official:
        return context.models.override(model) or model
    if context.capabilities.is_gone(profile, model):
        return context.models.successor(model) or context.models.model_to_call(model)
    return context.models.model_to_call(model, context.capabilities.listed(profile, context.clock()))


async def chosen_model(context: Context, model: str, called_model: str) -> str:
    """The model to call; if only the table says that it is retired, upstream's list is checked."""
    if called_model == model:
        return called_model
    profile = context.upstream.profile()
    if called_model == context.models.successor(model) and not context.capabilities.is_gone(profile, model):
        await _listed(context)
        called_model = model_to_call(context, model)
    if called_model != model and (model, called_model) not in _logged:
        _logged.add((model, called_model))
        log.warning("model %s is answered by %s%s", model, called_model, HINT)
    return called_model


async def replacement(context: Context, model: str, refused: str) -> str | None:
    """The model to call after upstream refused ``refused`` as unknown; None if there is none; then the log says what to
    do.
    """
    profile = context.upstream.profile()
    listed = await _listed(context) if profile.official else None
    successor = context.models.successor(model) if profile.official else None
    if successor is not None and refused == model and _may_be_gone(context, model, listed):
        context.capabilities.gone(profile, model)
        return await chosen_model(context, model, successor)
    end = (listed or {}).get(refused)
    since = f", shut down on {end}" if end else ""
    log.error("upstream has no model %s%s: SHIM_MODEL_MAP can name another for %s", refused, since, model)
    return None


def _may_be_gone(context: Context, model: str, listed: Listed | None) -> bool:
    """Whether a refused model may be retired: if upstream lists it without an end, it was refused for another reason,
    unless the table says that it is retired.
    """
    over = context.models.is_over(model, listed) or context.models.is_over(model, None)
    return over or (listed is not None and model not in listed)


async def _listed(context: Context) -> Listed | None:
    """Upstream's list of models; None after a failure, which is remembered for a while and not raised."""
    profile, now = context.upstream.profile(), context.clock()
    if context.capabilities.must_list(profile, now):
        try:
            models = _ends(await context.upstream.call("GET", "/models"))
            context.capabilities.list(profile, models, now + LIST_LIFETIME)
        except Refusal:
            context.capabilities.list(profile, None, now + RETRY_DELAY)
    return context.capabilities.listed(profile, now)


def _ends(answer: Any) -> Listed | None:
    """Each model with the day of its end; None for an answer in another form."""
    rows = answer.get("data")
    if not isinstance(rows, list) or not rows:
        return None
    models = [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    days = {row["id"]: row.get("shutdown_date") for row in models}
    return {model: day[:10] if isinstance(day, str) and day else None for model, day in days.items()}
