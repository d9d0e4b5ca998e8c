// The front end: one request, one stream, however many functions the model calls on the way.
// Everything that comes from elsewhere is put in as text, never as HTML.

const $ = (id) => document.getElementById(id);
const [conversation, composer, text, send, stop] = ["conversation", "composer", "text", "send", "stop"].map($);

// Offline there is no model but a sandbox, which calls the functions that a message names. A model needs no such words.
const SUGGESTIONS = {
  "Paris: weather and time, then a train":
    'What is it like in Paris? Speak slowly and aloud. Call get_weather {"city": "Paris"} and get_time {"city": "Paris"}, '
    + 'then find_trains {"start": "Paris", "end": "Rome"}.',
  "Just talk": "Speak slowly. essay-40",
};

let thread = localStorage.getItem("thread");

// --- What is on the screen

const ENDS = {
  completed: "", cancelled: "Stopped.", failed: "The answer failed.", expired: "The answer took too long.",
  incomplete: "The answer was cut short.",
};

/** One question and its answer; takes the events of a run. */
class Turn {
  constructor(question) {
    const made = $("turn").content.cloneNode(true).firstElementChild;
    made.querySelector(".user").textContent = question;
    this.root = made;
    this.answer = made.querySelector(".answer");
    this.texts = new Map();
    this.calls = new Map();
    this.events = 0;
    conversation.append(made);
    this.reveal();
  }

  say(id, words, whole = false) {
    if (!this.texts.has(id)) {
      const made = Object.assign(document.createElement("p"), {className: "text streaming"});
      this.texts.set(id, made);
      this.answer.append(made);
    }
    const part = this.texts.get(id);
    part.textContent = whole ? words : part.textContent + words;
    part.classList.toggle("streaming", !whole);
  }

  call(id, {name, args = "", output = null}) {
    if (!this.calls.has(id)) {
      const made = $("call").content.cloneNode(true).firstElementChild;
      made.classList.add("running");
      this.calls.set(id, {root: made, name: "", args: ""});
      this.answer.append(made);
    }
    const call = this.calls.get(id);
    call.name += name ?? "";
    call.args += args ?? "";
    call.root.querySelector(".name").textContent = call.name;
    call.root.querySelector(".arguments").textContent = readable(call.args);
    if (output !== null) {
      const failed = output.startsWith('{"error":');
      call.root.classList.replace("running", failed ? "failed" : "done");
      call.root.querySelector(".took").textContent = failed ? "failed" : "done";
      call.root.querySelector(".output").textContent = output;
    }
  }

  finish(status) {
    for (const part of this.texts.values()) part.classList.remove("streaming");
    for (const {root} of this.calls.values()) root.classList.remove("running");
    const count = this.events ? `One request, one stream, ${this.events} events.` : "";
    this.tell(`${ENDS[status]} ${count}`.trim(), status !== "completed");
  }

  tell(words, bad = false) {
    this.root.querySelector(".status").textContent = words;
    this.root.classList.toggle("bad", bad);
  }

  reveal() {
    conversation.scrollTop = conversation.scrollHeight;
  }

  // What each event of the Assistants API means for the screen.
  take(name, data) {
    this.events += 1;
    const near = conversation.scrollHeight - conversation.scrollTop - conversation.clientHeight < 80;
    if (name === "thread.message.created") this.say(data.id, "");
    else if (name === "thread.message.delta") {
      for (const part of data.delta.content ?? []) if (part.text?.value) this.say(data.id, part.text.value);
    } else if (name === "thread.message.completed" || name === "thread.message.incomplete") {
      this.say(data.id, data.content.map((part) => part.text?.value ?? "").join(""), true);
    } else if (name === "thread.run.step.delta") {
      for (const {index, function: called} of data.delta.step_details?.tool_calls ?? []) {
        this.call(`${data.id}:${index}`, {name: called.name, args: called.arguments});
      }
    } else if (name === "thread.run.step.completed") {
      (data.step_details.tool_calls ?? []).forEach(({function: called}, index) => {
        this.call(`${data.id}:${index}`, {output: called.output ?? ""});
      });
    } else if (name === "error") this.tell(data.error.message, true);
    else if (data?.object === "thread.run" && data.status in ENDS) this.finish(data.status);
    if (near) this.reveal();
  }
}

function readable(args) {
  try {
    return Object.values(JSON.parse(args)).map(String).join(", ");
  } catch {
    return args;
  }
}

// --- The stream

/** Yields [id, name, data] of server-sent events, as they come. */
async function* events(body) {
  let rest = "";
  for await (const chunk of pieces(body.pipeThrough(new TextDecoderStream()))) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
      const data = field("data");
      if (data) yield [field("id"), field("event"), data === "[DONE]" ? null : JSON.parse(data)];
    }
  }
}

async function* pieces(stream) {
  const reader = stream.getReader();
  for (let read; !(read = await reader.read()).done;) yield read.value;
}

/** Read a stream to its end; where the connection drops, go on behind the last event. */
async function follow(turn, ask) {
  let last = null;
  for (let wait = 250; ; wait = Math.min(wait * 2, 8000)) {
    try {
      const reply = last === null ? await ask()
        : await fetch(`/threads/${thread}/stream`, {headers: {"Last-Event-ID": last}});
      if (!reply.ok) return turn.tell((await reply.json()).detail ?? `Error ${reply.status}`, true);
      for await (const [id, name, data] of events(reply.body)) {
        last = id ?? last;
        wait = 250;
        if (name === "done") return;
        turn.take(name, data);
      }
    } catch (problem) {
      if (!(problem instanceof TypeError)) throw problem;
    }
    if (last === null) return turn.tell("There is no connection.", true);
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function running(turn, ask) {
  [send.hidden, stop.hidden] = [true, false];
  $("suggestions").replaceChildren();
  try {
    await follow(turn, ask);
  } finally {
    [send.hidden, stop.hidden] = [false, true];
    suggest();
    await account();
    text.focus();
  }
}

// --- What the user does

async function ask(question) {
  if (!thread) {
    thread = (await (await fetch("/threads", {method: "POST"})).json()).id;
    localStorage.setItem("thread", thread);
  }
  await running(new Turn(question), () => fetch(`/threads/${thread}/messages`, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({text: question}),
  }));
}

async function account() {
  const {responses, input_tokens, output_tokens} = await (await fetch(`/threads/${thread}/usage`)).json();
  $("usage").textContent = responses ? `${responses} responses saved · ${input_tokens + output_tokens} tokens` : "";
}

function suggest() {
  $("suggestions").replaceChildren(...Object.entries(SUGGESTIONS).map(([label, question]) => {
    const made = Object.assign(document.createElement("button"), {type: "button", textContent: label});
    made.onclick = () => ask(question);
    return made;
  }));
}

/** After a reload: what was said, and the stream that goes on, from its beginning. */
async function restore() {
  const reply = thread && await fetch(`/threads/${thread}`);
  if (!reply?.ok) {
    thread = null;
    return suggest();
  }
  const {turns, run} = await reply.json();
  let turn;
  for (const {text: question, items, status} of turns) {
    turn = new Turn(question);
    items.forEach(({kind, text: words, name, arguments: args, output}, place) => {
      if (kind === "text") turn.say(place, words, true);
      else turn.call(place, {name, args, output: output ?? ""});
    });
    if (status in ENDS) turn.finish(status);
  }
  if (!run) {
    suggest();
    return account();
  }
  await running(turn, () => fetch(`/threads/${thread}/stream`, {headers: {"Last-Event-ID": `${run}:0`}}));
}

composer.onsubmit = (event) => {
  event.preventDefault();
  const question = text.value.trim();
  if (!question || send.hidden) return;
  text.value = "";
  fit();
  ask(question);
};
text.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
};
const fit = text.oninput = () => {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
};
const halt = stop.onclick = () => fetch(`/threads/${thread}/stop`, {method: "POST"});
document.onkeydown = (event) => {
  if (event.key === "Escape" && !stop.hidden) halt();
};
$("new").onclick = () => {
  localStorage.removeItem("thread");
  location.reload();
};

restore();
