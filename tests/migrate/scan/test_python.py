"""Calls, references, types, handlers and frameworks in Python."""

import pytest

from tests.migrate.scan.found import ASSISTANT, found, rules

CLIENT = "from openai import OpenAI\nclient = OpenAI()\n"
#: Code after a client was created, and the rules that are found in it.
SHOWN: dict[str, list[str]] = {
    "client.beta.threads.create()": ["call"],
    "client.beta.threads.runs.create(thread_id=t, assistant_id=a, stream=True)": ["stream"],
    "client.beta.threads.runs.create(thread_id=t, assistant_id=a, stream=False)": ["call"],
    "client.beta.threads.runs.stream(thread_id=t, assistant_id=a)": ["stream"],
    "client.beta.threads.runs.create(**options)": ["forwarded-arguments"],
    "client.beta.threads.runs.create(*args, **kwargs)": ["forwarded-arguments"],
    "client.beta.threads.with_raw_response.create()": ["call"],
    "client.with_options(timeout=3).beta.threads.create()": ["call"],
    "client.beta.threads.runs.create(thread_id=t, assistant_id=a, extra_headers={}, timeout=3)": ["call"],
    "client.beta.assistants.create(model=m, file_ids=[f])": ["call", "v1-file-ids"],
    "client.beta.threads.runs.create(thread_id=t, assistant_id=a, file_search={})": ["call", "unknown-field"],
    "client.beta.assistants.create(model=m, tools=[{'type': 'retrieval'}])": ["call", "v1-retrieval"],
    "client.beta.assistants.create(model='gpt-4')": ["call", "retired-model"],
    "client.beta.assistants.files.create(a, file_id=f)": ["no-such-call"],
    "client.beta.threads.list()": ["no-such-call"],
    "client.beta.vector_stores.create()": ["beta-vector-stores"],
    "asyncio.to_thread(client.beta.threads.create, metadata={})": ["reference"],
    "threads = client.beta.threads": ["reference"],
    "threads = client.beta.threads\nthreads.create()": ["reference", "call"],
    "create = client.beta.threads.create\ncreate()": ["reference", "call"],
    "beta = client.beta\nbeta.threads.create()": ["call"],
    "getattr(client.beta, 'threads').create()": ["call"],
    "getattr(getattr(client, 'beta'), 'threads').runs.retrieve(r, thread_id=t)": ["call"],
    "getattr(client.beta.threads.runs, name)()": ["dynamic-name"],
    "client.beta.threads.create.assert_called_once_with(metadata={})": ["reference"],
    "client.beta.threads.create.return_value = 1": ["reference"],
    "client.beta.threads.runs.create(thread_id=client.beta.threads.create().id, assistant_id=a)": ["call", "call"],
    "patch('openai.resources.beta.threads.Runs.create')": ["reference"],
}


@pytest.mark.parametrize("code", SHOWN)
def test_a_use_is_found(code: str) -> None:
    assert sorted(rules(CLIENT + code)) == sorted(SHOWN[code])


#: None of this uses the Assistants API.
SILENT = [
    "client.responses.create(model='gpt-4', input='x')",
    "client.chat.completions.create(model='gpt-4', messages=[])",
    "client.beta.chat.completions.parse(model='gpt-4', messages=[])",
    "client.beta.chatkit.threads.list()",
    "client.beta.realtime.sessions.create()",
    "client.vector_stores.create()",
    "client.files.create(file=f, purpose='assistants')",
    "client.threads.create()",
    "getattr(client, name)()",
    "getattr(client.beta, name)()",
    "beta = 0.5\nbeta.threads.create",
    "import anthropic\nanthropic.Anthropic().beta.messages.create()",
    "from langgraph_sdk import get_client\nget_client().threads.create()",
    "# client.beta.threads.create()",
    "'''client.beta.threads.create()'''",
    "from openai.types.beta.realtime import Session",
    "from openai.types.beta import realtime",
    "from openai.types.chat import ChatCompletion",
    "PRICES = {'gpt-4': 3}",
    "from langchain.agents import AgentExecutor",
    "import litellm\nlitellm.completion(model='gpt-4')",
    "from llama_index.agent.openai import OpenAIAgent",
]


@pytest.mark.parametrize("code", SILENT)
def test_nothing_is_found_for_other_apis(code: str) -> None:
    if code.startswith("beta ="):
        # A local name is not a client, and an attribute `beta` of another object is not followed.
        assert rules(code) == []
    else:
        assert rules(CLIENT + code) == []


def test_position_and_text_of_a_finding() -> None:
    code = f"""\
    import openai

    def ask(client: openai.OpenAI):
        return client.beta.threads.runs.create_and_poll(
            thread_id="t",
            assistant_id="{ASSISTANT}",
        )
    """
    assert found(code) == [(4, "call", "beta.threads.runs.create_and_poll"), (6, "assistant-id", ASSISTANT)]


MODULE = {
    "import openai\nopenai.beta.threads.create()": ["module-client"],
    "import openai as o\no.beta.threads.create()": ["module-client"],
    "from openai import beta\nbeta.threads.create()": ["module-client"],
    "import openai\nopenai.beta.threads.create(**kwargs)": ["forwarded-arguments", "module-client"],
    "import openai\nopenai = openai.OpenAI()\nopenai.beta.threads.create()": ["call"],
    "import openai\nopenai = openai.AzureOpenAI()\nopenai.beta.threads.create()": ["azure-client"],
    "import openai\nfrom openai import AzureOpenAI\nopenai = AzureOpenAI()\nopenai.beta.threads.create()": [
        "azure-client"
    ],
    "from openai import AzureOpenAI as A\nA().beta.threads.create(**kw)": ["azure-client", "forwarded-arguments"],
    "import shim as openai\nopenai.beta.threads.create()": ["call"],
    "from shim import OpenAI\nOpenAI().beta.threads.create()": ["call"],
    "from openai import AzureOpenAI as A\nA().beta.threads.create()": ["azure-client"],
    "import openai\nopenai.AsyncAzureOpenAI().beta.threads.create()": ["azure-client"],
}


@pytest.mark.parametrize("code", MODULE)
def test_the_kind_of_client_is_recognised(code: str) -> None:
    assert rules(code) == MODULE[code]


TYPES = [
    "from openai import AssistantEventHandler",
    "from openai import AsyncAssistantEventHandler as Base",
    "from openai.lib.streaming import AssistantEventHandler",
    "from openai.types.beta import Assistant, Thread",
    "from openai.types.beta.threads.runs import RunStep",
    "from openai.types import beta",
    "import openai.types.beta.threads",
    "import openai\ndef show(run: openai.types.beta.threads.Run): ...",
]


@pytest.mark.parametrize("code", TYPES)
def test_types(code: str) -> None:
    assert rules(code) == ["types"]


def test_handlers_and_their_subclasses() -> None:
    code = """\
    import openai
    class First(openai.AssistantEventHandler): ...
    class Second(First): ...
    class Other(Base): ...
    """
    assert found(code) == [(2, "handler", "First"), (3, "handler", "Second")]


FRAMEWORKS = {
    "from langchain.agents.openai_assistant import OpenAIAssistantRunnable as R\nR.create_assistant()": "langchain",
    "from langchain_community.agents.openai_assistant import OpenAIAssistantV2Runnable": "langchain",
    "from llama_index.agent.openai import OpenAIAssistantAgent\nOpenAIAssistantAgent.from_new()": "llamaindex",
    "from autogen.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent": "autogen",
    "from autogen_ext.agents.openai import OpenAIAssistantAgent\nOpenAIAssistantAgent()": "autogen",
    "from semantic_kernel.agents import AzureAssistantAgent": "semantic-kernel",
    "from agency_swarm import Agency, Agent\nAgency([Agent()])": "agency-swarm",
    "import litellm\nlitellm.create_thread()": "litellm",
    "from litellm import arun_thread": "litellm",
    "from marvin.beta.assistants import Assistant": "marvin",
    "from phi.assistant.openai import OpenAIAssistant": "phidata",
    "from astra_assistants import patch": "other-backend",
    "from azure.ai.agents import AgentsClient": "azure-agents",
}


@pytest.mark.parametrize("code", FRAMEWORKS)
def test_frameworks(code: str) -> None:
    shown = rules(code)
    assert shown
    assert set(shown) == {FRAMEWORKS[code]}


def test_code_nested_too_deeply_for_the_parser_does_not_crash() -> None:
    assert rules("x = " + "f(" * 60 + ")" * 60) == []
