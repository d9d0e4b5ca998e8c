"""A notebook's kernel, whose cells run inside an event loop: both clients, streamed and polled, and in other loops."""

from importlib.metadata import version
from typing import Any

import stage
from jupyter_client.manager import start_new_kernel

#: The cells, in order; each ends in an expression, whose value the notebook shows.
CELLS = (
    "from conversations import *; from shim import *; client, awaited = OpenAI(), AsyncOpenAI(); results = {}",
    "helper = client.beta.assistants.create(model='gpt-4o', tools=TOOLS).id",
    "results['a'] = talk(client, helper, 'stream', 'a' * 9)",
    "results['b'] = talk(client, helper, 'poll', 'b' * 9)",
    "results['c'] = await talk_async(awaited, helper, 'stream', 'c' * 9)",
    "results['d'] = await talk_async(awaited, helper, 'poll', 'd' * 9)",
    "import asyncio; from concurrent.futures import ThreadPoolExecutor; pool = ThreadPoolExecutor()",
    # As in programs that cannot call `asyncio.run` because a loop is running: several loops in sequence, with one
    # client.
    "for n in 'ef': results[n] = pool.submit(asyncio.run, talk_async(awaited, helper, 'stream', n * 9)).result()",
    "both = [talk_async(awaited, helper, way, way * 3) for way in WAYS]",
    "results['g'], results['h'] = await asyncio.gather(*both)",
    "set(each['status'] for each in results.values())",
    "[each['thread'] for each in results.values()]",
    "await awaited.close(); client.close()",
)
OUTPUTS = [*(letter * 9 for letter in "abcdef"), "streamstreamstream", "pollpollpoll"]


def run(kernel: Any, cell: str) -> str:
    """The value that a cell shows; an exception in it, or output on stderr, ends the script."""
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
        for thread, output in zip(found, OUTPUTS, strict=True):
            stage.check_thread(stage.client(), thread, [output])
        stage.report(f"ipykernel {version('ipykernel')}", sandbox, len(found), "blocking, awaited, in other loops")


main()
