// Keeps data for tools: 1EdTech postMessage Storage, with Canvas's limits and its words for errors.
const MOST_CHARACTERS = 4096; // keys and values of one tool; an overwrite counts again until removed
const MOST_KEYS = 500;
const SUBJECTS = ["lti.capabilities", "lti.get_data", "lti.put_data"];

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
  if (said.subject === "lti.capabilities") return {supported_messages: SUBJECTS.map((subject) => ({subject}))};
  for (const field of ["key", "message_id"]) {
    if (!said[field]) throw new Refusal("bad_request", `Missing required '${field}' field`);
  }
  if (said.subject === "lti.put_data") return put(origin, said.key, said.value);
  return {key: said.key, value: kept(origin).data[said.key] ?? null};
}

window.addEventListener("message", (event) => {
  const said = event.data;
  if (!SUBJECTS.includes(said?.subject)) return;
  const reply = {subject: `${said.subject}.response`};
  if (said.message_id) reply.message_id = said.message_id;
  try {
    Object.assign(reply, answer(said, event.origin));
  } catch (refusal) {
    reply.error = {code: refusal.code ?? "error", message: refusal.message};
  }
  event.source.postMessage(reply, event.origin);
});
