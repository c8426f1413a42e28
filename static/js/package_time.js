// Tells the server how long a package stands open in front of somebody, and what it says of that itself.
// The server decides what counts: the smallest of what it saw, what the package says, and what is planned.

const at = (id) => document.getElementById(id);
const config = JSON.parse(at("package-config").textContent);
const panel = document.querySelector("[data-package-time]");
const frame = document.querySelector("[data-package] iframe");
const form = panel.querySelector("form");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const LAST_WORD = 1200;

let session = null;
let unseen = document.hidden; // … since the last message
let pending = new Map(); // what the package said last, by its runs
let run = 0, told = {};
let timer = 0;
let chain = Promise.resolve(); // one message after the other
let finished = null;

const clock = (ms) => {
  const all = Math.floor(ms / 1000), two = (n) => String(n % 60).padStart(2, "0");
  const minutes = Math.floor(all / 60), hours = Math.floor(minutes / 60);
  return hours ? `${hours}:${two(minutes)}:${two(all)}` : `${minutes}:${two(all)}`;
};

async function post(address, data, keepalive = false) {
  const response = await fetch(address, {
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(data),
  });
  if (response.status >= 500) throw new Error(response.status);
  return { ok: response.ok, body: await response.json() };
}

async function open() {
  const { enrolment, lesson, number } = config;
  try {
    const { ok, body } = await post(config.open, { enrolment, lesson, number });
    if (!ok) return over(body.detail);
    session = { address: `${config.open}${body.session}/`, beat: body.beat_ms };
    unseen = document.hidden;
    draw(body);
    timer = setInterval(beat, session.beat);
  } catch {
    setTimeout(open, 5000);
  }
}

function beat() {
  chain = chain.then(send).catch(() => {}); // without a line the next one says it again
  return chain;
}

async function send() {
  if (!session) return;
  const words = pending.size ? [...pending] : [[run, told]];
  for (const [number, word] of words) {
    const visible = !unseen;
    unseen = document.hidden;
    const { ok, body } = await post(`${session.address}beats/`, { visible, run: number, told: word });
    pending.delete(number);
    if (!ok) return over(body.detail);
    draw(body);
  }
}

function over(sentence) {
  session = null;
  clearInterval(timer);
  const note = panel.querySelector("[data-over]");
  note.querySelector("[data-sentence]").textContent = sentence;
  note.hidden = false;
}

function draw({ seen_ms, declared_ms, waiting_ms }) {
  panel.querySelector("[data-seen]").textContent = clock(seen_ms);
  panel.querySelector("[data-declared]").textContent = clock(declared_ms);
  panel.querySelector("[data-waiting]").textContent = clock(waiting_ms);
}

addEventListener("message", (event) => {
  const said = event.data;
  if (event.source !== frame.contentWindow || said?.zhixun !== "scorm" || !Number.isInteger(said.time?.run)) return;
  ({ run, told } = said.time);
  pending.set(run, told);
  if (said.kind === "left") finished?.();
  else if (said.kind === "finished") beat();
});
// what was said before this script was here
frame.contentWindow.postMessage({ zhixun: "again" }, "*");
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return;
  beat(); // what was seen so far, before it is out of sight
  unseen = true;
});

// The package says its last word while it is closed; only then the question is handed in.
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (session) {
    const word = new Promise((done) => { finished = done; setTimeout(done, LAST_WORD); });
    frame.contentWindow.postMessage({ zhixun: "leave" }, "*");
    await word;
    await beat();
    clearInterval(timer);
    session = null; // handing in ends it
  }
  form.submit();
});
addEventListener("pagehide", () => {
  if (session) post(`${session.address}close/`, { visible: !unseen, run, told }, true).catch(() => {});
});

if (config.counts) open();
