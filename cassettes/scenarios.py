"""What the cassettes hold: conversations of an application, each with the answers that its functions give.

The prompts are read twice: by the sandbox, which obeys the words in them, and by a real model, which should do the
same.  A scenario that no real model can be asked for says so.
"""

import base64
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
    """``questions``: the user's messages, a run each.  ``outputs``: what each function answers, call after call; the
    last answer again if it is called more often.  ``run``: further parameters of the runs.  ``only_sandbox``: no real
    model does this on demand.  ``hosted``: tools that work upstream.  ``files``: name and content of what is uploaded
    before, and attached to the first message for those tools, or shown in it.
    """

    questions: tuple[str, ...]
    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    key: str = KEY
    max_retries: int = 0
    only_sandbox: bool = False
    hosted: tuple[dict[str, Any], ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def tools(self) -> list[Any]:
        """An assistant's tools: the functions, each of which takes a city, and what works upstream."""
        city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        functions = [{"type": "function", "function": {"name": name, "parameters": city}} for name in self.outputs]
        return [*functions, *self.hosted]

    def uploads(self) -> list[dict[str, Any]]:
        """Arguments of ``files.create`` for each file."""
        purposes = {name: "vision" if name.endswith(".png") else "assistants" for name in self.files}
        return [{"file": (name, content), "purpose": purposes[name]} for name, content in self.files.items()]

    def message(self, question: str, files: list[str]) -> dict[str, Any]:
        """A user's message with uploaded files: attached for the tools, or as images where nothing works on them."""
        if not self.hosted:
            images = [{"type": "image_file", "image_file": {"file_id": file, "detail": "low"}} for file in files]
            return {"content": [{"type": "text", "text": question}, *images]} if images else {"content": question}
        attachments = [{"file_id": file, "tools": list(self.hosted)} for file in files]
        return {"content": question, "attachments": attachments} if attachments else {"content": question}


WEATHER: Final = {"get_weather": ('{"celsius": 19}',)}
BOTH: Final = WEATHER | {"get_time": ('{"time": "14:05"}',)}

#: A picture of one dot.
DOT: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ECHO: Final = {
    "type": "mcp",
    "server_label": "echo",
    "server_url": "https://echo.example.com/mcp",
    "require_approval": "never",
}

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
    "file-search": Scenario(
        ("Use file_search to look up the lantern. cite-twice", "And who keeps it? Use file_search."),
        hosted=({"type": "file_search"},),
        files={
            "lantern.txt": b"The lantern hangs in the north tower. Ada keeps the lantern.",
            "tower.txt": b"The tower has a lantern and forty steps.",
        },
    ),
    "code-interpreter": Scenario(
        ("Run code_interpreter: 12 * 30, show-image, and make-file.", "List the files with code_interpreter."),
        hosted=({"type": "code_interpreter"},),
        files={"numbers.csv": b"x,y\n1,2\n"},
    ),
    "image-input": Scenario(("What is in this picture?",), files={"dot.png": base64.b64decode(DOT)}),
    "web-and-pictures": Scenario(
        ("Use web_search for lanterns, then image_generation of one.",),
        hosted=({"type": "web_search"}, {"type": "image_generation"}),
    ),
    "mcp-server": Scenario(("Use mcp to say hello.",), hosted=(ECHO,), only_sandbox=True),
}
#: How a run is made: streamed, or polled while it goes on in upstream's background.
WAYS: Final = ("streamed", "background")
