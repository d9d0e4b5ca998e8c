"""Asking upstream, and asking again in another way where a refusal shows how.

Each remedy looks at the refusal and mends the next request, or says that it cannot.  Every one is tried once for its
cause, so nothing loops.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeVar

from shim.engine import leads
from shim.engine.context import Context, Json
from shim.engine.run import budget, chain, naming, notes, proof
from shim.engine.run.chain import Sent
from shim.ports import Refusal
from shim.store import threads
from shim.translate import models, request
from shim.upstream import blame, profiles

log = logging.getLogger("shim")
T = TypeVar("T")


Cause = Literal["lost", "never", "ignored", "unstored", "unproven"]
#: What is logged of a chain that did not hold.
CAUSES: Final[dict[Cause, str]] = {
    "lost": "upstream no longer has the previous response",
    "never": "upstream does not continue from previous responses",
    "ignored": "upstream left out the previous response without a word",
    "unstored": "upstream does not keep responses",
    "unproven": "upstream has not shown that it continues from previous responses",
}


@dataclass(slots=True)
class Asker:
    """The next request of a run, and what has been done to it."""

    world: Context
    run: Json
    private: Json
    sent: Sent
    healed: bool = False
    named: bool = False
    fitted: bool = False
    dropped: list[str] = field(default_factory=list)

    async def ask(self, how: Callable[[Json], Awaitable[T]]) -> T:
        """What ``how`` makes of the request's body.  Raises the `Refusal` that nothing here can mend, and `Unfit`."""
        while True:
            try:
                await self._name()
                await self._prove()
                await self._fit()
                notes.asking(self.run, self.sent.body)
                return await how(self.sent.body)
            except Refusal as refusal:
                notes.refused(self.run, refusal)
                if not await self._mend(refusal):
                    leads.of_refusal(self.world, refusal)
                    raise

    async def _name(self) -> None:
        """Settle which model is called, before the run's first question."""
        if self.named or self.private["asker"]:
            return
        self.named = True
        await self.call_instead(await naming.settled(self.world, self.run["model"], self.private["model"]))

    async def call_instead(self, model: str) -> None:
        """Ask that model from now on."""
        if model != self.private["model"]:
            self.private = self.private | {"model": model}
            self.sent = await self.world.store.read(_renamed, self.world, self.run, self.private, self.sent)

    async def _prove(self) -> None:
        """Chain from a response only on a server that has shown that it can."""
        previous, model = self.sent.previous, self.private["model"]
        if previous is not None and await proof.missing(self.world, model, previous):
            await self.heal("unproven")

    async def _fit(self) -> None:
        """Keep to what the run may show."""
        if self.fitted:
            return
        self.sent = await budget.fitted(self.world, self.run, self.private, self.sent)
        self.fitted = True
        if self.sent.kept is not None:
            # Another run may show more: nothing chains from what this one makes.
            self.private = self.private | {"kept": self.sent.kept, "cut": True}

    async def _mend(self, refusal: Refusal) -> bool:
        for remedy in REMEDIES:
            if await remedy(self, refusal):
                return True
        return False

    @property
    def may_heal(self) -> bool:
        return self.sent.previous is not None and not self.healed

    async def heal(self, why: Cause) -> None:
        """Tell upstream the whole thread, as it has lost it, or never kept it."""
        run, capabilities, profile = self.run, self.world.capabilities, self.world.profile(self.private["model"])
        log.warning("%s: run %s is told from the journal of thread %s", CAUSES[why], run["id"], run["thread_id"])
        passing = why in ("lost", "unproven")
        capabilities.lost(profile, self.sent.previous) if passing else capabilities.unchained(profile)
        self.healed, self.fitted = True, False
        self.private = self.private | {"tip": None}
        self.sent = await self.world.store.write(_anew, self.world, self.run, self.private)


async def _lost_chain(asker: Asker, refusal: Refusal) -> bool:
    """Upstream no longer has the chain: the thread is told anew."""
    if not asker.may_heal or not profiles.chain_is_lost(refusal, asker.sent.previous):
        return False
    await asker.heal("never" if profiles.never_chains(refusal) else "lost")
    return True


async def _refused_store(asker: Asker, refusal: Refusal) -> bool:
    """Upstream keeps nothing, and says so instead of answering: it is not asked to."""
    told = models.refused_parameter(refusal.param, refusal.code, refusal.message, ("store",))
    if not asker.sent.body.get("store") or not (told or profiles.cannot_store(refusal)):
        return False
    await asker.heal("unstored")
    return True


async def _refused_reasoning(asker: Asker, refusal: Refusal) -> bool:
    """Upstream cannot read the reasoning that was sent along: it goes without."""
    body = asker.sent.body
    without = [item for item in body["input"] if item.get("type") != "reasoning"]
    if len(without) == len(body["input"]) or not profiles.cannot_read_reasoning(refusal):
        return False
    log.warning("upstream cannot read the reasoning of run %s's thread: it goes without", asker.run["id"])
    asker.sent = replace(asker.sent, body=body | {"input": without})
    return True


async def _refused_encryption(asker: Asker, refusal: Refusal) -> bool:
    """The model does not reason: it is not asked for its reasoning, now and from now on."""
    body = asker.sent.body
    if request.ENCRYPTED not in body.get("include", ()) or not profiles.cannot_encrypt(refusal):
        return False
    asker.world.refused(body["model"]).add(request.ENCRYPTED)
    include = [wanted for wanted in body["include"] if wanted != request.ENCRYPTED]
    kept = {key: value for key, value in body.items() if key != "include"}
    asker.sent = replace(asker.sent, body=kept | ({"include": include} if include else {}))
    return True


async def _refused_parameter(asker: Asker, refusal: Refusal) -> bool:
    """The model takes no such parameter: it is left out, now and from now on.

    An effort that was meant for another model is left out, too.
    """
    body, mapped = asker.sent.body, asker.sent.body["model"] != asker.run["model"]
    # That nothing is to be kept need not be said where it is not understood.
    among = (*models.DROPPABLE, *(["reasoning"] if mapped else []), *([] if body.get("store") else ["store"]))
    param = models.refused_parameter(refusal.param, refusal.code, refusal.message, among)
    if refusal.status not in (400, 422) or param not in body:
        return False
    asker.world.refused(body["model"]).add(param)
    log.warning("model %s takes no %s: it is left out from now on", body["model"], param)
    asker.sent = replace(asker.sent, body={key: value for key, value in body.items() if key != param})
    return True


async def _refused_stream(asker: Asker, refusal: Refusal) -> bool:
    """The model does not stream: it is asked for the whole answer at once, now and from now on."""
    body = asker.sent.body
    if "stream" in body or not profiles.cannot_stream(refusal):
        return False
    asker.world.refused(body["model"]).add("stream")
    log.warning("model %s refuses to stream: it is asked for whole answers from now on", body["model"])
    asker.sent = replace(asker.sent, body=body | {"stream": False})
    return True


async def _no_model(asker: Asker, refusal: Refusal) -> bool:
    """Upstream has no such model: its successor is asked, if it has one."""
    if asker.private["asker"] or not profiles.has_no_model(refusal):
        return False
    found = await naming.instead(asker.world, asker.run["model"], asker.private["model"])
    if found is None:
        return False
    await asker.call_instead(found)
    return True


async def _too_long(asker: Asker, refusal: Refusal) -> bool:
    """The conversation does not fit: its older half is left out, and half of the rest, until it does."""
    if not profiles.is_too_long(refusal):
        return False
    chained = asker.sent.previous is not None
    shorter = await asker.world.store.read(chain.halved, asker.world, asker.run, asker.private, chained)
    if shorter is None:
        return False
    asker.sent, asker.private = shorter, asker.private | {"kept": shorter.kept}
    return True


async def _refused_call(asker: Asker, refusal: Refusal) -> bool:
    """Upstream refuses a call of the past: that and its output are told as text, now and from now on."""
    blamed = blame.blamed_calls(refusal, asker.sent.body)
    if not blamed:
        return False
    world, run = asker.world, asker.run
    as_text = world.told_as_text(asker.sent.body["model"])
    found = await world.store.read(chain.pairs, world, run["thread_id"], blamed) - as_text
    as_text |= found
    said = ", ".join(sorted(blamed))
    log.warning("upstream refuses calls of thread %s, which are told as text from now on: %s", run["thread_id"], said)
    asker.sent = await world.store.read(_retold, world, run, asker.private, asker.sent)
    # None is left to be told otherwise: asking once more would be no use.
    return bool(found)


REMEDIES: Final[tuple[Callable[[Asker, Refusal], Awaitable[bool]], ...]] = (
    _lost_chain,
    _refused_store,
    _refused_reasoning,
    _refused_encryption,
    _refused_parameter,
    _refused_stream,
    _no_model,
    _too_long,
    _refused_call,
)


def _retold(db: Any, world: Context, run: Json, private: Json, sent: Sent) -> Sent:
    return chain.prepare(db, world, run, private, anew=sent.previous is None, kept=sent.kept)


def _renamed(db: Any, world: Context, run: Json, private: Json, sent: Sent) -> Sent:
    return chain.prepare(db, world, run, private, anew=sent.previous is None)


def _anew(db: Any, world: Context, run: Json, private: Json) -> Sent:
    threads.set_head(db, world.tenant, run["thread_id"], None, 0)
    return chain.prepare(db, world, run, private, anew=True)
