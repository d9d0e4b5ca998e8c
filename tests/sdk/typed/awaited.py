"""A program as users write it: the async client."""

from typing_extensions import override

from shim import AsyncAssistantEventHandler, AsyncOpenAI
from shim.types.beta.threads import Text, TextDelta


class Printer(AsyncAssistantEventHandler):
    @override
    async def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        print(delta.value, snapshot.value)


async def talk(question: str) -> list[str]:
    async with AsyncOpenAI(api_key="key") as client:
        helper = await client.beta.assistants.create(model="gpt-4o")
        thread = await client.beta.threads.create(messages=[{"role": "user", "content": question}])
        async with client.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id=helper.id, event_handler=Printer()
        ) as stream:
            await stream.until_done()
        return [message.id async for message in client.beta.threads.messages.list(thread.id)]
