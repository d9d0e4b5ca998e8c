"""The only room that imports httpx or httpx2: the transport, its connection pools, the sandbox's transport."""
