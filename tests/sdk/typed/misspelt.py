"""Each line is a mistake, and a type checker finds it."""

import shim
from shim import AsyncAzureOpenAI, OpenAI

client = OpenAI(api_kee="key")
other = AsyncAzureOpenAI(azure_endpont="x", api_version="1", api_key="key")
client.beta.threads.create(mesages=[])
client.beta.assistants.create()
client.beta.thread.create()
shim.beta.threads.crate()
shim.NotFondError("x")
