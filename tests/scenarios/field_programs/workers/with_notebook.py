"""A notebook's kernel, whose cells run inside a loop: either client, streamed and polled, and a loop of its own."""

from importlib.metadata import version
from typing import Any

import stage
from jupyter_client.manager import start_new_kernel

#: Cell after cell; each ends in an expression, which is what the notebook shows.
CELLS = (
    "from conversations import *; from shim import *; client, awaited = OpenAI(), AsyncOpenAI(); said = {}",
    "helper = client.beta.assistants.create(model='gpt-4o', tools=TOOLS).id",
    "said['a'] = talk(client, helper, 'stream', 'a' * 9)",
    "said['b'] = talk(client, helper, 'poll', 'b' * 9)",
    "said['c'] = await talk_async(awaited, helper, 'stream', 'c' * 9)",
    "said['d'] = await talk_async(awaited, helper, 'poll', 'd' * 9)",
    "import asyncio; from concurrent.futures import ThreadPoolExecutor; pool = ThreadPoolExecutor()",
    # As programs do that may not call `asyncio.run` where a loop runs: one loop after the other, with one client.
    "for n in 'ef': said[n] = pool.submit(asyncio.run, talk_async(awaited, helper, 'stream', n * 9)).result()",
    "both = [talk_async(awaited, helper, way, way * 3) for way in WAYS]",
    "said['g'], said['h'] = await asyncio.gather(*both)",
    "set(each['status'] for each in said.values())",
    "[each['thread'] for each in said.values()]",
    "await awaited.close(); client.close()",
)
SAID = [*(letter * 9 for letter in "abcdef"), "streamstreamstream", "pollpollpoll"]


def run(kernel: Any, cell: str) -> str:
    """What a cell shows; what goes wrong in it is raised, and nothing may be written to stderr."""
    shown: list[str] = []

    def hear(message: Any) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "error" or (kind == "stream" and content["name"] == "stderr"):
            raise SystemExit(f"{cell}\n" + "\n".join(content.get("traceback") or [content["text"]]))
        shown.extend([content["data"]["text/plain"]] if kind == "execute_result" else [])

    kernel.execute_interactive(cell, timeout=stage.PATIENCE, output_hook=hear)
    return shown[0] if shown else ""


def main() -> None:
    with stage.stage() as (sandbox, _):
        manager, kernel = start_new_kernel(startup_timeout=stage.PATIENCE)
        try:
            *_, statuses, threads, _ = [run(kernel, cell) for cell in CELLS]
        finally:
            kernel.stop_channels()
            manager.shutdown_kernel()
        assert statuses == "{'completed'}", statuses
        found = eval(threads)
        for thread, said in zip(found, SAID, strict=True):
            stage.check_thread(stage.client(), thread, [said])
        stage.report(f"ipykernel {version('ipykernel')}", sandbox, len(found), "blocking, awaited, in other loops")


main()
