"""The SDK's plain loop for many streams: ``python -m tests.bench.crowd_sdk URL STREAMS SECONDS`` prints a line when
the first stream begins, and at the end the results as JSON.

One process and one async client, with a task for each stream. The streams start evenly within that number of seconds.
"""

import asyncio
import json
import sys
import time
from typing import Any

import openai

from tests.bench.crowd_readers import Seen, summary


async def crowd(url: str, streams: int, seconds: float) -> dict[str, Any]:
    """The results of all streams, with the CPU time of this process."""
    # The SDK's own five seconds for a connection are too few for hundreds that one process opens at once.
    client = openai.AsyncOpenAI(api_key="bench", base_url=url, timeout=600)

    async def one(number: int) -> Seen:
        await asyncio.sleep(seconds * number / streams)
        seen, began = Seen(), time.perf_counter()
        async for event in await client.responses.create(model="gpt-4o", input="Go on.", stream=True):
            if event.type == "response.output_text.delta":
                seen.tokens += 1
                seen.at.append(time.perf_counter() - began)
        return seen

    print("the first stream begins", flush=True)
    before = time.process_time()
    seen = await asyncio.gather(*map(one, range(streams)))
    return summary(seen) | {"computed": time.process_time() - before}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(crowd(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
