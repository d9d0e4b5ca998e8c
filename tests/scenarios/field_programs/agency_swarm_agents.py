"""Agency Swarm: two agents with tools, one of which asks the other; polled, streamed, and with an unfinished run."""

import json
import os
import tempfile
from importlib.metadata import version

import behind

# Agency Swarm writes its agents' settings into the current folder.
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)

from agency_swarm import Agency, Agent, BaseTool  # noqa: E402
from agency_swarm.util.streaming import AgencyEventHandler  # noqa: E402
from pydantic import Field  # noqa: E402
from typing_extensions import override  # noqa: E402


class GetWeather(BaseTool):
    """The weather in a city."""

    city: str = Field(..., description="Where.")

    def run(self) -> str:
        return f"Hail in {self.city}"


class Handler(AgencyEventHandler):
    deltas: list[str] = []
    steps: list[str] = []
    ended: list[bool] = []

    @override
    def on_text_delta(self, delta, snapshot):
        self.deltas.append(delta.value)

    @override
    def on_run_step_done(self, run_step):
        self.steps.append(run_step.type)

    @override
    def on_tool_call_done(self, tool_call):
        assert json.loads(tool_call.function.arguments)

    @override
    @classmethod
    def on_all_streams_end(cls):
        cls.ended.append(True)


chief = Agent(name="Chief", description="Asks others.", instructions="Delegate.", model="gpt-4o", temperature=0.3)
worker = Agent(name="Worker", description="Knows weather.", instructions="Work.", tools=[GetWeather], model="gpt-4o")
agency = Agency([chief, [chief, worker]], shared_instructions="Be brief.", settings_path="settings.json")

TASK = 'GetWeather {"city": "Oslo"}'
answer = agency.get_completion(TASK, recipient_agent=worker)
assert "Hail in Oslo" in answer, answer

given = {"my_primary_instructions": "Ask.", "recipient": "Worker", "message": TASK, "message_files": None}
asking = f"SendMessage {json.dumps(given | {'additional_instructions': None})}"
answer = agency.get_completion(asking)
assert "Hail in Oslo" in answer, answer

answer = agency.get_completion_stream(TASK, event_handler=Handler, recipient_agent=worker)
assert "Hail in Oslo" in "".join(Handler.deltas), Handler.deltas
assert {"tool_calls", "message_creation"} <= set(Handler.steps), Handler.steps
assert Handler.ended == [True]

# The thread has a run that requires action: Agency Swarm finds it, submits a placeholder output, and continues.
thread = agency.main_thread
left = thread.client.beta.threads.runs.create(
    thread.id, assistant_id=worker.id, additional_messages=[{"role": "user", "content": TASK}]
)
left = thread.client.beta.threads.runs.poll(left.id, thread_id=thread.id)
assert left.status == "requires_action"
answer = agency.get_completion("Good night")
assert "Good night" in answer, answer
assert thread.client.beta.threads.runs.retrieve(left.id, thread_id=thread.id).status == "completed"

behind.check("agency-swarm", version("agency-swarm"), rounds=9)
