"""The state of a run while this process drives it: one object, shared by all functions that work on the run.

The carrier owns it.  Requests (`asking`, `healing`) and transactions (`commit`) are functions of it, so nothing is
copied from one object to another.
"""

from dataclasses import dataclass, field

from shim import lifecycle
from shim.engine.context import Context
from shim.engine.run.chain import Sent
from shim.engine.run.container_files import StoredFile
from shim.ports import Profile
from shim.store.run_memory import RunMemory
from shim.translate.turn import Turn
from shim.wire.types import Json


@dataclass(slots=True)
class RunState:
    """``turn``: the translation of the current response, with the run as it is shown.  ``memory``: the run memory.
    ``sent``: its next request.  ``stored_status``: the run's status as it was last stored, with which the
    compare-and-set compares.

    ``response``: as upstream opened it.  ``noted``: its id is stored.  ``chained``: a later response may chain from it.
    ``files``: files that code wrote, to be stored in the next transaction.

    What was done to the request: ``healed``: it sends the whole thread, as the chain could not be used.
    ``model_chosen``: its model was chosen.  ``fitted``: it was shortened to the run's prompt tokens.
    """

    context: Context
    turn: Turn
    memory: RunMemory
    sent: Sent
    stored_status: lifecycle.RunStatus = "queued"
    response: Json = field(default_factory=dict)
    noted: bool = False
    chained: bool = True
    files: list[StoredFile] = field(default_factory=list)
    healed: bool = False
    model_chosen: bool = False
    fitted: bool = False

    @property
    def run(self) -> Json:
        """The run as it is shown."""
        return self.turn.run

    @property
    def profile(self) -> Profile:
        """What upstream can do for this run's model."""
        return self.context.profile(self.memory["model"])

    @property
    def opened(self) -> bool:
        """Whether upstream has begun to answer."""
        return self.noted or bool(self.response)

    @property
    def response_id(self) -> str | None:
        """The id of the current response, None before it is known."""
        response_id: str | None = (self.turn.terminal or self.response).get("id")
        return response_id

    def moved(self, run: Json) -> None:
        """Continue with the run as it is in the store."""
        self.turn.moved(run)
        self.stored_status = run["status"]

    def cancelled(self) -> None:
        """Record that the run, which is completed here, is being cancelled in the store."""
        self.stored_status = "cancelling"

    def stored(self, run: Json, memory: RunMemory) -> None:
        """Record that a transaction has stored the run and all objects of the turn."""
        self.moved(run)
        self.memory, self.files = memory, []
        self.turn.stored()
        self.noted = self.noted or self.response_id is not None

    def begun(self, response: Json | None) -> None:
        """Record the response that upstream has opened, if this event opened one."""
        self.response = response or self.response

    def handed_over(self, run: Json, memory: RunMemory) -> bool:
        """Record that the store knows the response, on which upstream works in its background.  Returns whether the run
        was cancelled meanwhile.
        """
        self.memory, self.noted = memory, True
        if run["status"] != "cancelling":
            return False
        self.moved(run)
        return True

    def fetched(self, files: list[StoredFile]) -> None:
        """Add files for the next transaction."""
        self.turn.fetched()
        self.files = [*self.files, *files]

    def drop_response(self) -> None:
        """Drop the current response, as another one replaces it."""
        self.response, self.noted = {}, False
