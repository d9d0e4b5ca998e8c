"""What the cassettes hold: conversations of an application, each with the answers that its functions give.

The prompts are read twice: by the sandbox, which obeys the words in them, and by a real model, which should do the
same.  A scenario that no real model can be asked for says so.
"""

from dataclasses import dataclass, field
from typing import Any, Final

MODEL: Final = "gpt-4.1-mini"
INSTRUCTIONS: Final = "Call the functions that you are told to call, one after the other, and answer in one line."
#: Keys: one that every server of ours takes, one that none does.
KEY: Final = "sk-cassette"
BAD_KEY: Final = "sk-bad-cassette"
PARIS: Final = '{"city": "Paris"}'


@dataclass(frozen=True, slots=True)
class Scenario:
    """``asks``: the user's messages, a run each.  ``outputs``: what each function answers, call after call; the last
    answer again if it is called more often.  ``run``: further parameters of the runs.  ``only_sandbox``: no real model
    does this on demand.
    """

    asks: tuple[str, ...]
    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    key: str = KEY
    max_retries: int = 0
    only_sandbox: bool = False

    @property
    def tools(self) -> list[Any]:
        """The functions as an assistant's tools: each takes a city."""
        city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        return [{"type": "function", "function": {"name": name, "parameters": city}} for name in self.outputs]


WEATHER: Final = {"get_weather": ('{"celsius": 19}',)}
BOTH: Final = WEATHER | {"get_time": ('{"time": "14:05"}',)}

SCENARIOS: Final[dict[str, Scenario]] = {
    "text": Scenario(("Say hello.",)),
    "one-call": Scenario((f"Call get_weather {PARIS}.",), WEATHER),
    "parallel-calls": Scenario((f"Call get_weather {PARIS} and get_time {PARIS} at once.",), BOTH),
    "two-rounds": Scenario((f"Call get_weather {PARIS}, then get_time {PARIS}.",), BOTH),
    "text-and-calls": Scenario((f"Say aloud what you are about to do, and call get_weather {PARIS}.",), WEATHER),
    "failed-call-retried": Scenario(
        (f"Call get_weather {PARIS}; retry if it fails.",),
        {"get_weather": ("Error: 408 timeout", '{"celsius": 19}')},
    ),
    "follow-up": Scenario((f"Call get_weather {PARIS}.", "And what did I ask before?"), WEATHER),
    "incomplete": Scenario(("Write an essay-40: forty words.",), run={"max_completion_tokens": 16}),
    "refusal": Scenario(("please-refuse",), only_sandbox=True),
    "refused-key": Scenario(("Say hello.",), key=BAD_KEY),
    "rate-limited": Scenario(("status-429",), only_sandbox=True),
    "rate-limited-once": Scenario(("status-429-once",), max_retries=1, only_sandbox=True),
    "server-error": Scenario(("status-500",), only_sandbox=True),
}
#: How a run is made: streamed, or polled while it goes on in upstream's background.
WAYS: Final = ("streamed", "background")
