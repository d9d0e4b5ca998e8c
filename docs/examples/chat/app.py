"""A chat with functions: the backend.  ``python docs/examples/chat/app.py`` starts it, offline if there is no key.

One request of the browser is one stream, through any number of tool rounds.  Every response of the Responses API is
saved in a table.  Needs ``pip install "assistants-shim[server]" fastapi``.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from openai.types.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shim import AsyncOpenAI
from shim.relay import stream_run, to_sse, tool_schema

PAGE = Path(__file__).parent / "page"
HOME = Path(gettempdir()) / "assistants-shim-chat"
ACTIVE = ("queued", "in_progress", "requires_action", "cancelling")


class Base(DeclarativeBase): ...


class SavedResponse(Base):
    """One row for each response of the Responses API, as an application keeps them for its accounts."""

    __tablename__ = "responses"

    id: Mapped[str] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(index=True)
    previous_response_id: Mapped[str | None]
    created_at: Mapped[int]
    model: Mapped[str]
    status: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    output: Mapped[list[Any]] = mapped_column(sa.JSON)


# The functions: plain ones, with annotations that tell the model what they take.  They are slow, so that one can watch.

City = Annotated[str, Field(description="A city's name", min_length=2)]


async def get_weather(city: City) -> dict[str, Any]:
    """The weather in a city, now."""
    await asyncio.sleep(1.2)
    return {"city": city, "celsius": 12 + len(city), "sky": "clear"}


async def get_time(city: City) -> dict[str, Any]:
    """The local time in a city."""
    await asyncio.sleep(0.6)
    return {"city": city, "time": "14:05"}


async def find_trains(start: City, end: City) -> list[dict[str, Any]]:
    """Trains from one city to another, today."""
    await asyncio.sleep(1.0)
    return [{"leaves": "15:12", "from": start, "arrives": "22:40", "in": end}]


TOOLS = [get_weather, get_time, find_trains]


class Message(BaseModel):
    """What the browser sends."""

    text: str = Field(min_length=1, max_length=10_000)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The assistant is made once and found again by its metadata."""
    app.state.engine = sa.create_engine(os.environ.get("CHAT_DATABASE_URL", f"sqlite:///{HOME / 'chat.db'}"))
    Base.metadata.create_all(app.state.engine)
    async with AsyncOpenAI() as client:
        app.state.client = client
        known = await client.beta.assistants.list(limit=100)
        assistant = next((each for each in known.data if (each.metadata or {}).get("example") == "chat"), None)
        made = assistant or await client.beta.assistants.create(
            model="gpt-5.6-terra",
            name="Travel desk",
            instructions="You help travellers. Say what you do before you call functions. Be brief.",
            tools=[tool_schema(each) for each in TOOLS],
            metadata={"example": "chat"},
        )
        app.state.assistant_id = made.id
        yield
    app.state.engine.dispose()


app = FastAPI(lifespan=lifespan)


def save(thread_id: str, response: Response) -> None:
    """What the forum's developer does with ``response.completed``."""
    usage = response.usage
    row = SavedResponse(
        id=response.id,
        thread_id=thread_id,
        previous_response_id=response.previous_response_id,
        created_at=int(response.created_at),
        model=response.model,
        status=response.status or "completed",
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        output=[item.to_dict(mode="json") for item in response.output],
    )
    with Session(app.state.engine) as session, session.begin():
        session.merge(row)


def answer(thread_id: str, last_event_id: str | None = None) -> StreamingResponse:
    """One stream: the run's events over all tool rounds, or the rest of them behind ``last_event_id``."""

    async def on_response(response: Response) -> None:
        await asyncio.to_thread(partial(save, thread_id, response))

    stream = stream_run(
        app.state.client,
        thread_id=thread_id,
        assistant_id=app.state.assistant_id,
        tools=TOOLS,
        on_response=on_response,
    )
    body = to_sse(stream, last_event_id=last_event_id)
    return StreamingResponse(body, headers=body.headers)


@app.post("/threads")
async def create_thread() -> dict[str, str]:
    """A conversation.  In real life it belongs to a user, and every request below checks that."""
    return {"id": (await app.state.client.beta.threads.create()).id}


@app.post("/threads/{thread_id}/messages")
async def send(thread_id: str, message: Message) -> StreamingResponse:
    """The user says something; the answer is the stream."""
    await app.state.client.beta.threads.messages.create(thread_id, role="user", content=message.text)
    return answer(thread_id)


@app.get("/threads/{thread_id}/stream")
async def resume(thread_id: str, last_event_id: Annotated[str, Header()]) -> StreamingResponse:
    """The rest of a stream whose connection dropped."""
    return answer(thread_id, last_event_id)


@app.post("/threads/{thread_id}/stop")
async def stop(thread_id: str) -> dict[str, str]:
    """Cancel what is running; its stream tells the end."""
    runs = app.state.client.beta.threads.runs
    run = next(iter((await runs.list(thread_id, limit=1)).data), None)
    if run is None or run.status not in ACTIVE:
        raise HTTPException(409, "Nothing is running.")
    return {"status": (await runs.cancel(run.id, thread_id=thread_id)).status}


@app.get("/threads/{thread_id}")
async def show(thread_id: str) -> dict[str, Any]:
    """The conversation so far, and the run that goes on, if there is one: for a page that is loaded again."""
    threads = app.state.client.beta.threads
    messages = (await threads.messages.list(thread_id, order="asc", limit=100)).data
    texts = {each.id: "".join(part.text.value for part in each.content if part.type == "text") for each in messages}
    runs = (await threads.runs.list(thread_id, order="asc", limit=100)).data
    active = next((run.id for run in runs if run.status in ACTIVE), None)
    turns = []
    for questions in (each for each in messages if each.role == "user"):
        # Each message begins one run, so the oldest that is left answers it.
        run = runs.pop(0) if runs and runs[0].created_at >= questions.created_at else None
        done = [] if run is None or run.id == active else [item async for item in items(run, texts)]
        turns.append({"text": texts[questions.id], "items": done, "status": run and run.status})
    return {"turns": turns, "run": active}


async def items(run: Any, texts: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """What a run did, in order: texts and calls."""
    steps = app.state.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc")
    async for step in steps:
        if step.type == "message_creation":
            yield {"kind": "text", "text": texts[step.step_details.message_creation.message_id]}
        for call in getattr(step.step_details, "tool_calls", ()):
            fields = {"name": call.function.name, "arguments": call.function.arguments, "output": call.function.output}
            yield {"kind": "call", **fields}


@app.get("/threads/{thread_id}/usage")
def usage(thread_id: str) -> dict[str, int]:
    """What a conversation has used, from the table."""
    with Session(app.state.engine) as session:
        rows = session.scalars(sa.select(SavedResponse).where(SavedResponse.thread_id == thread_id)).all()
    return {
        "responses": len(rows),
        "input_tokens": sum(row.input_tokens for row in rows),
        "output_tokens": sum(row.output_tokens for row in rows),
    }


@app.get("/")
def page() -> FileResponse:
    """The page may load nothing from elsewhere."""
    return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": "default-src 'self'"})


app.mount("/page", StaticFiles(directory=PAGE))


if __name__ == "__main__":
    import uvicorn

    HOME.mkdir(exist_ok=True)
    if not os.environ.get("OPENAI_API_KEY"):
        os.environ.setdefault("SHIM_UPSTREAM", "sandbox")
    os.environ.setdefault("SHIM_DATABASE_URL", f"sqlite:///{HOME / 'threads.db'}")
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
