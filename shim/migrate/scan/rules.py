"""The kinds of findings: what each means for a program that moves to the shim, and the page about it."""

from dataclasses import dataclass
from typing import Final, Literal

#: ``works``: only the import must be swapped.  ``remark``: works, but there is something to know or to set.  ``human``:
#: somebody must change or check the code.
Verdict = Literal["works", "remark", "human"]
VERDICTS: Final[tuple[Verdict, ...]] = ("works", "remark", "human")


@dataclass(frozen=True, slots=True)
class Rule:
    """``title``: what was found.  ``advice``: what to do, in sentences.  ``page``: below ``docs/``, anchor included."""

    verdict: Verdict
    title: str
    advice: str
    page: str


_SWAP: Final = "Swap the import (`assistants-shim swap`); the call stays as it is."
_INSTALL: Final = (
    "Call `shim.install()` before the framework builds its client, or run the program by `python -m shim`."
)
_UNCHANGED: Final = "how-to/run-unchanged-programs.md"
_FIELDS: Final = "reference/fields.md"
_SERVE: Final = "how-to/serve.md"
_CITATIONS: Final = "how-to/files-and-citations.md#show-citations"

#: The verdict is about the operation: a call works, even if one of its fields is a finding of its own.
RULES: Final[dict[str, Rule]] = {
    # Python: the SDK's client
    "call": Rule("works", "A call of the Assistants API", _SWAP, "reference/coverage.md#methods"),
    "stream": Rule(
        "works",
        "A call that streams its run's events",
        "Swap the import; all events come, in the same order. Text may come in larger pieces.",
        "reference/events.md",
    ),
    "reference": Rule(
        "works",
        "A resource or method of the Assistants API that is passed on, assigned to a name, or replaced in a test",
        _SWAP,
        "reference/coverage.md#methods",
    ),
    "module-client": Rule(
        "remark",
        "A call through the module itself (`openai.beta`)",
        "`import shim as openai` gives the module-level client and all other names of the module.",
        f"{_UNCHANGED}#the-shim-under-the-name-openai",
    ),
    "azure-client": Rule(
        "remark",
        "A call through an Azure client",
        "`AzureOpenAI` and `AsyncAzureOpenAI` of `shim` take the same arguments. The resource must have the Responses "
        "API, and the `api-version` must know it.",
        "how-to/other-servers.md#known-servers",
    ),
    "forwarded-arguments": Rule(
        "remark",
        "A call whose fields come from elsewhere (`**kwargs`)",
        "The scanner cannot see the fields: check whether all of them are in the table.",
        _FIELDS,
    ),
    "dynamic-name": Rule(
        "human",
        "An attribute of the Assistants API whose name is only known when the program runs",
        "Check which operations the name can stand for; all 31 methods of the SDK are supported.",
        "reference/coverage.md#methods",
    ),
    "no-such-call": Rule(
        "human",
        "An operation that the SDK's Assistants API does not have",
        "Such a call fails as it always did; version 1's `files` of assistants and messages are among them.",
        "reference/coverage.md#methods",
    ),
    "beta-vector-stores": Rule(
        "works",
        "`client.beta.vector_stores`, which SDKs since 1.66 do not have",
        "Swap the import: the shim's clients have it, as the same object as `client.vector_stores`.",
        "how-to/files-and-citations.md#give-files-to-the-tools",
    ),
    "unknown-field": Rule(
        "human",
        "A field that the operation does not have",
        "It is refused by name (`Unknown parameter`), as the API did, unless the SDK refuses it before.",
        _FIELDS,
    ),
    "types": Rule(
        "works",
        "Types, event classes or handlers of the Assistants API that are imported",
        "They may stay as they are: the names of `shim` are the same objects.",
        f"{_UNCHANGED}#the-shim-under-the-name-openai",
    ),
    "gone-type": Rule(
        "human",
        "A type under a name that today's SDKs do not have",
        "The import fails, with the shim and without it: write the new name. A type of version 1's files has none.",
        f"{_UNCHANGED}#the-shim-under-the-name-openai",
    ),
    "handler": Rule(
        "works",
        "An event handler class",
        "Its callbacks are called as before.",
        "reference/events.md",
    ),
    "event-name": Rule(
        "works", "The name of an event of a run's stream", "Every event is sent as before.", "reference/events.md"
    ),
    "beta-header": Rule(
        "works",
        "The header `OpenAI-Beta: assistants=v2`",
        "It is not required, and does no harm.",
        "explanation/fidelity.md#requests",
    ),
    # Version 1
    "v1-header": Rule(
        "remark",
        "The header `OpenAI-Beta: assistants=v1`",
        "The call is answered in version 2: `retrieval` is `file_search`, `file_ids` are `tool_resources` or "
        "`attachments`.",
        "how-to/bring-your-assistants.md#what-the-log-says",
    ),
    "v1-file-ids": Rule(
        "human",
        "`file_ids` of version 1",
        "An assistant has `tool_resources`, a message has `attachments`.",
        "how-to/files-and-citations.md#give-files-to-the-tools",
    ),
    "v1-retrieval": Rule(
        "human",
        "The tool `retrieval` of version 1",
        "Write `file_search`, with a vector store in `tool_resources`.",
        "how-to/files-and-citations.md#give-files-to-the-tools",
    ),
    # How answers are read
    "first-content": Rule(
        "works",
        "Reads the first content part of a message (`content[0].text.value`)",
        "The shim gives the same parts in the same order, newest message first. A native response has `output_text` "
        "instead, and a picture may come before the text in both.",
        "how-to/files-and-citations.md#show-plots-and-downloads",
    ),
    "annotation-text": Rule(
        "works",
        "Replaces the marker of a citation in the text (`annotation.text`)",
        "The shim makes these markers, each unique in its message. A native response has none: its annotations have "
        "only an index.",
        _CITATIONS,
    ),
    "citation-quote": Rule(
        "human",
        "Reads `file_citation.quote`",
        "Version 2 has no quotation in a message: ask for the search's results in the run's steps, or show the file's "
        "name.",
        _CITATIONS,
    ),
    # Frameworks
    "langchain": Rule("remark", "LangChain's assistant runnable", _INSTALL, _UNCHANGED),
    "llamaindex": Rule("remark", "LlamaIndex's assistant agent", _INSTALL, _UNCHANGED),
    "autogen": Rule("remark", "AutoGen's assistant agent", _INSTALL, _UNCHANGED),
    "semantic-kernel": Rule("remark", "Semantic Kernel's assistant agent", _INSTALL, _UNCHANGED),
    "agency-swarm": Rule(
        "remark", "Agency Swarm, whose versions before 1 call the Assistants API", _INSTALL, _UNCHANGED
    ),
    "litellm": Rule("remark", "LiteLLM's calls of the Assistants API", _INSTALL, _UNCHANGED),
    "marvin": Rule("remark", "Marvin's assistants", _INSTALL, _UNCHANGED),
    "phidata": Rule("remark", "Phidata's OpenAI assistant", _INSTALL, _UNCHANGED),
    "other-backend": Rule(
        "human",
        "A library that sends the Assistants API to a server of its own",
        "Leave the library out, and swap the client's import instead.",
        f"{_UNCHANGED}#the-shim-under-the-name-openai",
    ),
    "azure-agents": Rule(
        "human",
        "Azure's agents, which have a client of their own",
        "They are not answered by the shim; their threads can be imported as long as the endpoint answers.",
        "how-to/import-your-threads.md#from-an-endpoint-that-still-answers",
    ),
    # HTTP and other languages
    "raw-http": Rule(
        "human",
        "A request to the Assistants API without the SDK",
        "Start `assistants-shim serve`, and put its address in the place of `https://api.openai.com`.",
        _SERVE,
    ),
    "other-language": Rule(
        "remark",
        "A call of the Assistants API through the SDK of another language",
        "Start `assistants-shim serve`, and give the SDK its address as the base URL.",
        _SERVE,
    ),
    "other-language-vector-stores": Rule(
        "human",
        "`client.beta.vectorStores`, which today's SDKs of JavaScript do not have",
        "Write `client.vectorStores`: the same methods, answered by the upstream.",
        "how-to/files-and-citations.md#give-files-to-the-tools",
    ),
    # Names of things
    "assistant-id": Rule(
        "remark",
        "The id of an assistant",
        "`assistants-shim adopt` writes a file of all of them for you to complete; `SHIM_ASSISTANTS` names it.",
        "how-to/bring-your-assistants.md",
    ),
    "thread-id": Rule(
        "remark",
        "The id of a thread",
        "Import the thread, or have it created empty with `SHIM_UNKNOWN_THREADS=create`.",
        "how-to/old-thread-ids.md",
    ),
    "upstream-id": Rule(
        "works",
        "The id of a vector store or of a file",
        "These are still at the upstream, under the ids that they had.",
        "how-to/files-and-citations.md#give-files-to-the-tools",
    ),
    "retired-model": Rule(
        "remark",
        "A model that is retired, or will be",
        "Its successor answers in its place, with one warning in the log; `SHIM_MODEL_MAP` chooses another.",
        "reference/models.md",
    ),
    # Files that could not be parsed
    "not-parsed": Rule(
        "human",
        "A file or cell that is no Python 3 and mentions the API",
        "It was searched only by patterns. Check it yourself.",
        "how-to/scan.md#what-it-does-not-find",
    ),
}
