"""The only room that knows httpx or httpx2: the transport, its connection pools, the sandbox as a network."""
