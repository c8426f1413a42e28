import { Outbox } from "./outbox.js";

// Saves each answer the moment it is given, and shows the time. The pages work without it: every button saves too.

const paper = document.querySelector("#paper");
const timer = document.querySelector("#timer");

function face(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  return h ? `${h}:${two(m)}:${two(seconds % 60)}` : `${m}:${two(seconds % 60)}`;
}

if (timer) {
  // The server's remaining seconds count against a clock that a change of the device's time does not move.
  const begun = performance.now();
  const total = Number(timer.dataset.left);
  const said = document.querySelector("#timer-said");
  const words = { 600: said.dataset.ten, 300: said.dataset.five, 60: said.dataset.one };
  const shown = timer.querySelector("[data-face]");
  let before = total;
  const tick = () => {
    const left = Math.max(0, Math.round(total - (performance.now() - begun) / 1000));
    shown.textContent = face(left);
    for (const mark of [600, 300, 60]) if (before > mark && left <= mark) said.textContent = words[mark];
    before = left;
    if (left === 0) {
      clearInterval(running);
      setTimeout(() => location.assign(timer.dataset.over), 1500);
    }
  };
  const running = setInterval(tick, 1000);
  tick();
}

const outbox = new Outbox(timer.dataset.outbox, document.querySelector("[name=csrfmiddlewaretoken]").value);
const trouble = document.querySelector("#trouble");

function complain(words) {
  if (words) trouble.querySelector("p").textContent = words;
  trouble.hidden = false;
}

// What lies in the outbox goes first, and the form after it: a form that overtook its own answer would be told that
// another page had answered. Without a network the page stays, and goes on by itself.
function after(form, words) {
  let going = false;
  form.addEventListener("submit", async (event) => {
    if (outbox.isEmpty) return;
    event.preventDefault();
    if (going) return;
    going = true;
    while (!(await outbox.flush())) {
      complain(words);
      await new Promise((soon) => setTimeout(soon, 1000));
    }
    going = false;
    if (!refused) form.requestSubmit(event.submitter);
  });
}

let refused = false;

if (paper) {
  const own = paper.dataset.save;
  const note = document.querySelector("[data-saved]");
  const seen = paper.elements.seen;
  let stood = null; // what the page showed when it was loaded, where something else was on its way

  const mine = (name) => name === "chosen" || name.startsWith("chosen-");
  const fields = () => [...paper.elements].filter(({ name }) => mine(name));
  const places = () => fields().filter((field) => field.matches("select"));
  const step = ({ name }) => name.slice("chosen-".length);

  // The answer as the server keeps it, or null for an order that is not whole yet.
  function chosen() {
    const steps = places();
    if (steps.length) {
      const given = new Set(steps.map(({ value }) => value).filter(Boolean));
      if (given.size && given.size < steps.length) return null;
      return given.size ? [...steps].sort((a, b) => a.value - b.value).map(step) : [];
    }
    const texts = fields().filter(({ type }) => type === "text").map(({ value }) => value.trim());
    return texts.length ? texts.filter(Boolean) : fields().filter((box) => box.checked).map((box) => box.value);
  }

  function show(given) {
    for (const field of fields()) {
      if (field.matches("select")) field.value = String(given.indexOf(step(field)) + 1 || "");
      else if (field.type === "text") field.value = given[0] ?? "";
      else field.checked = given.includes(field.value);
    }
    for (const part of paper.querySelectorAll("[data-order], [data-spots]")) part.dispatchEvent(new Event("order"));
  }

  outbox.addEventListener("sending", () => {
    note.textContent = paper.dataset.saving;
  });
  outbox.addEventListener("waiting", () => {
    note.textContent = paper.dataset.waiting;
  });
  outbox.addEventListener("saved", ({ detail: { address, said } }) => {
    if (address === own) seen.value = said.seq;
    trouble.hidden = true;
    const at = new Date(said.saved_at).toLocaleTimeString("zh-CN", {
      hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
    });
    note.textContent = `${paper.dataset.saved} ${at}`;
  });
  outbox.addEventListener("refused", ({ detail: { address, said } }) => {
    note.textContent = "";
    // Of another question a later answer holds, and there is nothing to look at here.
    if (!said.detail || (address !== own && said.code === "answered_elsewhere")) return;
    refused = address === own;
    if (refused && stood) show(stood);
    complain(said.detail);
  });

  paper.addEventListener("change", (event) => {
    const now = mine(event.target.name) ? chosen() : null;
    if (now === null) return;
    refused = false;
    stood = null;
    outbox.put(own, now, Number(seen.value));
  });

  // What the network swallowed before a reload is still here: it is shown and sent. Where another page has answered
  // since, what stood here comes back with the server's sentence.
  const left = outbox.claim(own);
  const missed = outbox.missed(own, Number(seen.value));
  if (missed) {
    seen.value = missed.seq;
    show(missed.chosen);
  }
  if (left) {
    stood = chosen();
    show(left);
  }
  after(paper, paper.dataset.offline);
} else if (trouble) {
  after(document.querySelector("#hand-in"), "");
}

outbox.flush();
