"""Patterns for other languages: each row finds something, and nothing is found in comments or for other APIs."""

import pytest

from shim.migrate.scan import languages
from tests.migrate.scan.found import ASSISTANT

#: Suffix, text, and the rules that are found.
SHOWN: list[tuple[str, str, set[str]]] = [
    ("ts", "const t = await openai.beta.threads.create();", {"other-language"}),
    ("js", "const { threads } = client.beta;", {"other-language"}),
    ("js", "await this.client.beta\n  .threads.runs\n  .createAndPoll(t, {})", {"other-language"}),
    ("ts", "await openai.beta.vectorStores.create({})", {"other-language-vector-stores"}),
    ("ts", "import { AssistantStream } from 'openai/lib/AssistantStream';", {"other-language"}),
    ("ts", "let run: OpenAI.Beta.Threads.Run;", {"other-language"}),
    ("ts", "import { AssistantsClient } from '@azure/openai-assistants';", {"other-language"}),
    ("tsx", "import { useAssistant } from 'ai/react';", {"other-language"}),
    (
        "mjs",
        "fetch('https://api.openai.com/v1/threads', {headers: {'OpenAI-Beta': 'assistants=v1'}})",
        {"raw-http", "v1-header"},
    ),
    (
        "js",
        "fetch(`${URL}/threads/${id}/runs`, {headers: {'OpenAI-Beta': 'assistants=v2'}})",
        {"raw-http", "beta-header"},
    ),
    ("js", "const url = 'https://api.openai.com/v1'; fetch(url + '/threads')", {"raw-http"}),
    (
        "go",
        'url := base + "/threads/" + id + "/runs/" + run\nreq.Header.Set("OpenAI-Beta", "assistants=v2")',
        {"raw-http", "beta-header"},
    ),
    (
        "go",
        'req.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))\n'
        'u := fmt.Sprintf("%s/threads/%s/messages", b, t)',
        {"raw-http"},
    ),
    ("ts", "const BASE = 'https://api.openai.com/v1'; fetch(BASE + '/threads/' + t + '/runs')", {"raw-http"}),
    ("ts", "const BASE = 'https://api.openai.com/v1'; fetch(BASE + '/assistants/' + a)", {"raw-http"}),
    ("ts", "send('/threads/' + t); h = {'OpenAI-Beta': 'assistants=v2'}", {"raw-http", "beta-header"}),
    ("php", "$b = 'https://api.openai.com/v1'; get($b . '/threads/' . $t . '/messages')", {"raw-http"}),
    ("rb", 'URI("#{BASE}/threads/#{id}/runs") # https://api.openai.com', {"raw-http"}),
    (
        "ts",
        "fetch(`https://api.openai.com/v1${path}`, {headers: {'OpenAI-Beta': 'assistants=v1'}})",
        {"raw-http", "v1-header"},
    ),
    ("go", 'h.Set("OpenAI-Beta", "Assistants=V2")', {"raw-http", "beta-header"}),
    ("ts", "new OpenAI({defaultHeaders: {'OpenAI-Beta': 'assistants=v2'}})", {"beta-header"}),
    ("sh", "curl https://api.openai.com/v1/vector_stores -H 'OpenAI-Beta: assistants=v2'", {"beta-header"}),
    ("js", "openai.beta.assistants; if (event.event === 'thread.run.completed') {}", {"other-language", "event-name"}),
    ("js", "openai.beta.threads; x.event.startsWith('thread.run')", {"other-language", "event-name"}),
    ("js", "openai.beta.assistants.create({tools: [{type: 'retrieval'}]})", {"other-language", "v1-retrieval"}),
    ("js", "openai.beta.threads; if (call.type === 'retrieval') {}", {"other-language", "v1-retrieval"}),
    ("js", "openai.beta.threads; show(messages.data[0].file_ids)", {"other-language", "v1-file-ids"}),
    (
        "js",
        "openai.beta.threads.create({messages: [{role: 'user', content: x, file_ids: [f]}]})",
        {"other-language", "v1-file-ids"},
    ),
    (
        "js",
        "openai.beta.assistants.create({tool_resources: {code_interpreter: {file_ids: [f]}}})",
        {"other-language"},
    ),
    ("js", "messages.data[0].content[0].text.value", {"first-content"}),
    ("js", "annotation.file_citation.quote", {"citation-quote"}),
    ("php", "$client = OpenAI::client($key);\n$run = $client->threads()->runs()->create($t, []);", {"other-language"}),
    ("php", "$run = OpenAI::threads()->create([]);", {"other-language"}),
    ("php", "use Orhanerday\\OpenAi\\OpenAi;\n$openai->createThreadMessage($t, $data);", {"other-language"}),
    ("php", "$r['data'][0]['content'][0]['text']['value']", {"first-content"}),
    ("php", "$m->content[0]->text->value", {"first-content"}),
    ("go", 'import "github.com/openai/openai-go"\nclient.Beta.Threads.New(ctx, p)', {"other-language"}),
    ("go", 'import "github.com/sashabaranov/go-openai"\nrun, err := client.CreateRun(ctx, id, r)', {"other-language"}),
    ("go", "req := openai.RunRequest{}", {"other-language"}),
    ("java", "client.beta().threads().create();", {"other-language"}),
    ("java", "import com.azure.ai.openai.assistants.AssistantsClient;", {"other-language"}),
    ("kt", "val openai = x\nopenai.threads().create()", {"other-language"}),
    ("cs", "AssistantClient client = openai.GetAssistantClient();", {"other-language"}),
    ("cs", "using OpenAI.Assistants;\nAssistantThread thread = x;", {"other-language"}),
    ("cs", "// OpenAI\nvar api = OpenAI;\n_assistantClient.CreateRunAsync(t, a)", {"other-language"}),
    ("cs", "OpenAI; client.Beta.Assistant.List()", {"other-language"}),
    ("rb", "client = OpenAI::Client.new\nclient.threads.create", {"other-language"}),
    ("rb", "client = OpenAI::Client.new\nclient.messages.list(thread_id: t)", {"other-language"}),
    ("rb", "openai.beta.threads.runs.create(t, assistant_id: a)", {"other-language"}),
    ("rs", "use async_openai::types::CreateThreadRequestArgs;", {"other-language"}),
    ("sh", "curl https://api.openai.com/v1/threads -d '{}'", {"raw-http"}),
    ("py", "run = client.beta.threads.runs.create(%s)", {"call"}),
    ("js", f"const id = '{ASSISTANT}'", {"assistant-id"}),
]


#: Calls on a client under any name, after the import that tells them from those of other libraries.
CALLS = [
    ("cs", "using OpenAI.Assistants;", "client.CreateThreadAsync();"),
    ("cs", "using Azure.AI.OpenAI.Assistants;", "client.CreateMessageAsync(t, r);"),
    ("cs", "using OpenAI.Assistants;", "client\n  .CreateRunStreamingAsync(t, a);"),
    ("java", "import com.azure.ai.openai.assistants.*;", "client.createRun(t, a);"),
    ("kt", "import com.theokanning.openai.service.*", "service.createThread(r)"),
]


@pytest.mark.parametrize("suffix, imported, call", CALLS)
def test_a_call_on_a_client_under_any_name(suffix: str, imported: str, call: str) -> None:
    text = f"{imported}\n{call}"
    assert [rule for rule, start, *_ in languages.find(text, suffix) if start > len(imported)] == ["other-language"]
    assert list(languages.find(call, suffix)) == []


@pytest.mark.parametrize("suffix, text, rules", SHOWN)
def test_the_findings_of_a_pattern(suffix: str, text: str, rules: set[str]) -> None:
    assert {rule for rule, *_ in languages.find(text, suffix)} == rules


def test_every_row_finds_something() -> None:
    used = [
        row
        for row in languages.PATTERNS
        for suffix, text in [*((suffix, text) for suffix, text, _ in SHOWN), *((each[0], each[2]) for each in CALLS)]
        if suffix in (row.languages or languages.ANY) and row.pattern.search(text)
    ]
    assert [row.pattern.pattern for row in languages.PATTERNS if row not in used] == []


SILENT: list[tuple[str, str]] = [
    ("ts", "// await openai.beta.threads.create()"),
    ("ts", "/* openai.beta.threads.create()\n */"),
    ("ts", "await client.threads.create(); await client.runs.create(id, 'agent', {})"),
    ("ts", "await anthropic.beta.messages.create({})"),
    ("ts", "await openai.beta.chat.completions.parse({})"),
    ("js", "fetch(`https://example.com/api/threads/${id}/messages`)"),
    ("js", "fetch(BASE + '/threads/' + id + '/messages', {headers: {Authorization: `Bearer ${token}`}}) // OpenAI"),
    ("js", "fetch('https://api.openai.com/v1/chat/completions'); fetch('/threads/' + id)"),
    ("js", "fetch('https://api.openai.com/v1/chat/completions'); fetch(`/threads/${id}/messages`)"),
    ("js", "fetch('https://api.openai.com/v1/chat/completions'); app.get('/threads/:id', handler)"),
    ("go", 'u := "https://api.openai.com/v1/embeddings"; r.Get("/users/{user}/threads/{id}", handler)'),
    ("js", "app.post('/threads', handler)"),
    ("js", "import threads from './threads'"),
    ("php", "# OpenAI\n// $client->threads()->create();"),
    ("php", "$forum->threads()->create();"),
    ("go", "client.CreateThread(ctx, channel)"),
    ("java", "Thread thread = new Thread(); pool.threads().create();"),
    ("cs", "Thread thread = new Thread(); client.CreateThread();"),
    ("rb", "forum.threads.create(title: 'x')"),
    ("rb", "# OpenAI\n# client.threads.create"),
    ("sh", "# curl https://api.openai.com/v1/threads"),
    ("css", "https://api.openai.com/v1/threads"),
]


@pytest.mark.parametrize("suffix, text", SILENT)
def test_nothing_is_found_in_comments_and_for_other_apis(suffix: str, text: str) -> None:
    assert list(languages.find(text, suffix)) == []


def test_a_place_counts_once() -> None:
    text = "$run = OpenAI::assistants()->threads()->create(); OpenAI::threads()->create();"
    assert [rule for rule, *_ in languages.find(text, "php")] == ["other-language"] * 2


def test_the_slashes_of_a_url_do_not_begin_a_comment() -> None:
    text = 'const url = "https://api.openai.com/v1"; // https://api.openai.com/v1/threads'
    assert "v1/threads" not in languages.without_comments(text, "js")
    assert '"https://api.openai.com/v1"' in languages.without_comments(text, "js")


EXPRESSIONS = [
    "s.replace(/[\"'`]/g, '')",
    "const quote = /`/",
    "x = [/[/`]/, 1]",
    "return /\\/`/.test(s)",
    "if (!/`/.test(s)) {}",
    "/`/.test(s)",
]


@pytest.mark.parametrize("code", EXPRESSIONS)
def test_quotes_in_a_regular_expression_begin_no_string(code: str) -> None:
    text = f"{code}\n// a `name`, it's `client`: openai.beta.threads.create()\nopenai.beta.assistants.list()"
    (found,) = languages.find(text, "js")
    assert found[3] == "beta.assistants.list"


@pytest.mark.parametrize("code", ["x = a / b / c;", "y = f(a) / 2;", "z = a[0] / 2;", "t = `a/${b}/c`;"])
def test_a_division_is_no_regular_expression(code: str) -> None:
    text = f"{code} 'http://x' // openai.beta.threads\nopenai.beta.threads.create() /* openai.beta.threads */"
    (found,) = languages.find(text, "js")
    assert found[1] > text.index("\n")


def test_offsets_are_those_of_the_text() -> None:
    text = "/* first\n   line */ x = openai.beta.threads.create()"
    ((rule, start, end, matched),) = languages.find(text, "ts")
    assert (rule, text[start:end]) == ("other-language", matched)
