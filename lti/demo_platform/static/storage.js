// Keeps data for tools: 1EdTech postMessage Storage, with Canvas's limits and its words for errors.
const MOST_CHARACTERS = 4096; // keys and values of one tool; an overwrite counts again until removed
const MOST_KEYS = 500;
const SUBJECTS = ["lti.capabilities", "lti.get_data", "lti.put_data"];
// Of a Canvas with a shared host: tools write to that host's frame, and here nothing but the frame is listened to.
const {frame = "", frameOrigin = ""} = document.currentScript.dataset;

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What one tool, known by its origin, has here: its data, and how many characters it has used. */
function kept(origin) {
  return JSON.parse(localStorage.getItem(`tool ${origin}`)) ?? {used: 0, data: {}};
}

function put(origin, key, value) {
  const all = kept(origin);
  if (value === null || value === undefined) {
    if (key in all.data) all.used = Math.max(0, all.used - key.length - all.data[key].length);
    delete all.data[key];
  } else {
    all.used += key.length + String(value).length;
    all.data[key] = String(value);
    if (all.used > MOST_CHARACTERS) throw new Refusal("storage_exhaustion", "Reached byte limit for tool");
    if (Object.keys(all.data).length > MOST_KEYS) throw new Refusal("storage_exhaustion", "Reached key limit for tool");
  }
  localStorage.setItem(`tool ${origin}`, JSON.stringify(all));
  return value === null || value === undefined ? {key} : {key, value};
}

function answer(said, origin) {
  if (said.subject === "lti.capabilities") {
    const where = (subject) => (frame && subject.endsWith("_data") ? {subject, frame} : {subject});
    return {supported_messages: SUBJECTS.map(where)};
  }
  for (const field of ["key", "message_id"]) {
    if (!said[field]) throw new Refusal("bad_request", `Missing required '${field}' field`);
  }
  if (said.subject === "lti.put_data") return put(origin, said.key, said.value);
  return {key: said.key, value: kept(origin).data[said.key] ?? null};
}

/** The answer to a tool's message; null where it is not for us. */
function replyTo(said, origin) {
  if (!SUBJECTS.includes(said?.subject)) return null;
  const reply = {subject: `${said.subject}.response`};
  if (said.message_id) reply.message_id = said.message_id;
  try {
    Object.assign(reply, answer(said, origin));
  } catch (refusal) {
    reply.error = {code: refusal.code ?? "error", message: refusal.message};
  }
  return reply;
}

window.addEventListener("message", ({data, origin, source}) => {
  if (frame && origin === frameOrigin && source === window.frames[frame] && data?.subject === "sample.forward") {
    const reply = replyTo(data.said, data.tool);
    if (reply) source.postMessage({subject: "sample.forwarded", number: data.number, reply}, frameOrigin);
    return;
  }
  if (frame && data?.subject !== "lti.capabilities") return;
  const reply = replyTo(data, origin);
  if (reply) source.postMessage(reply, origin);
});
