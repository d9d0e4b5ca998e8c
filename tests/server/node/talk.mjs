// One tool loop with the SDK's AssistantStream, one with its polling helpers: what they saw, as JSON.
// node talk.mjs BASE_URL RESULT [KEY]
import OpenAI from "openai";
import { VERSION } from "openai/version";

const [baseURL, result, apiKey = "test"] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const { assistants, threads } = client.beta;
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = ["get_weather", "get_time"].map((name) => ({ type: "function", function: { name, parameters } }));
const content = 'get_weather {"city": "Oslo"} then get_time';

const assistant = await assistants.create({ model: "gpt-4o", instructions: "Be brief.", tools });

function answers(run) {
  return run.required_action.submit_tool_outputs.tool_calls.map((call) => ({
    tool_call_id: call.id,
    output: `${call.function.name}: ${result}`,
  }));
}

async function lastText(threadID) {
  const messages = await threads.messages.list(threadID, { limit: 1 });
  return messages.data[0].content[0].text.value;
}

async function streamed() {
  const thread = await threads.create({ messages: [{ role: "user", content }] });
  const told = { rounds: [], calls: [], text: "" };
  const follow = async (stream) => {
    const names = [];
    stream.on("event", ({ event }) => names.push(event));
    stream.on("toolCallDone", (call) => told.calls.push(call.function.name));
    stream.on("textDelta", (delta) => (told.text += delta.value));
    const run = await stream.finalRun();
    told.rounds.push(names);
    return run;
  };
  let run = await follow(threads.runs.stream(thread.id, { assistant_id: assistant.id }));
  while (run.status === "requires_action") {
    const given = { thread_id: thread.id, tool_outputs: answers(run) };
    run = await follow(threads.runs.submitToolOutputsStream(run.id, given));
  }
  return { ...told, status: run.status, usage: run.usage, last: await lastText(thread.id) };
}

async function polled() {
  const thread = await threads.create({ messages: [{ role: "user", content }] });
  let run = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id });
  const statuses = [run.status];
  while (run.status === "requires_action") {
    const given = { thread_id: thread.id, tool_outputs: answers(run) };
    run = await threads.runs.submitToolOutputsAndPoll(run.id, given);
    statuses.push(run.status);
  }
  const looked = await threads.runs.retrieve(run.id, { thread_id: thread.id }).withResponse();
  const wait = looked.response.headers.get("openai-poll-after-ms");
  return { statuses, usage: run.usage, last: await lastText(thread.id), wait };
}

async function refused() {
  try {
    await threads.retrieve("thread_nobody");
  } catch (problem) {
    return { kind: problem.constructor.name, status: problem.status, message: problem.error.message };
  }
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const told = { version: VERSION, streamed: await streamed(), polled: await polled(), refused: await refused(), models };
console.log(JSON.stringify(told));
