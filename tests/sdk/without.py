"""The behaviour of an `openai` without the Assistants API and without the shim."""

import importlib.util
import sys

import openai
import openai.lib.streaming
import openai.types.beta

client = openai.OpenAI(api_key="key")
assert not {"assistants", "threads"}.intersection(dir(client.beta))
assert not {"assistants", "threads"}.intersection(dir(client.beta.with_raw_response))
assert not hasattr(openai, "AssistantEventHandler")
assert not hasattr(openai.types.beta, "Assistant")
assert not hasattr(openai.lib.streaming, "AssistantEventHandler")
for gone in ("types.beta.threads", "types.beta.thread", "resources.beta.threads", "resources.beta.assistants"):
    assert importlib.util.find_spec(f"openai.{gone}") is None
assert importlib.util.find_spec("openai.lib.streaming._assistants") is None
assert "shim" not in sys.modules
