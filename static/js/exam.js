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

if (paper) {
  const key = `exam:${paper.dataset.save}`;
  const note = document.querySelector("[data-saved]");
  const trouble = document.querySelector("#trouble");
  const seen = paper.elements.seen;
  const token = paper.elements.csrfmiddlewaretoken.value;
  const patience = 10000;
  let wanted = null; // the choice that is not acknowledged yet
  let flight = null; // what is on its way
  let leaving = false; // the form takes the rest along
  let again = 0;

  const own = (name) => name === "chosen" || name.startsWith("chosen-");
  const fields = () => [...paper.elements].filter(({ name }) => own(name));
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

  async function send() {
    if (flight || leaving || wanted === null) return;
    clearTimeout(again);
    flight = put(wanted);
    const answered = await flight;
    flight = null;
    if (answered) send();
    else again = setTimeout(send, 3000);
  }

  async function put(now) {
    note.textContent = paper.dataset.saving;
    try {
      const reply = await fetch(paper.dataset.save, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ chosen: now, seen: Number(seen.value) }),
        keepalive: true,
        signal: AbortSignal.timeout(patience),
      });
      if (reply.ok) {
        const row = await reply.json();
        seen.value = row.seq;
        if (wanted === now) {
          wanted = null;
          localStorage.removeItem(key);
        }
        trouble.hidden = true;
        const at = new Date(row.saved_at).toLocaleTimeString("zh-CN", {
          hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
        });
        note.textContent = `${paper.dataset.saved} ${at}`;
      } else if (reply.status < 500) {
        // A rule refuses it: say the server's sentence, do not ask again.
        wanted = null;
        localStorage.removeItem(key);
        const refused = await reply.json().catch(() => ({}));
        trouble.querySelector("p").textContent = refused.detail ?? "";
        trouble.hidden = !refused.detail;
        note.textContent = "";
      } else throw new Error(reply.status);
      return true;
    } catch {
      note.textContent = paper.dataset.waiting;
      return false;
    }
  }

  function keep() {
    const now = chosen();
    if (now === null) return;
    wanted = now;
    localStorage.setItem(key, JSON.stringify({ chosen: wanted, seen: seen.value }));
    send();
  }

  paper.addEventListener("change", (event) => {
    if (own(event.target.name)) keep();
  });
  addEventListener("online", send);

  addEventListener("pageshow", () => { leaving = false; });

  // A form that overtook its own answer would be told that another page had answered.
  paper.addEventListener("submit", async (event) => {
    if (!flight) return;
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    await flight;
    paper.requestSubmit(event.submitter);
  });

  // An answer that the network swallowed before a reload is still here: show it and send it, unless another page
  // has answered this question since.
  const left = JSON.parse(localStorage.getItem(key) ?? "null");
  if (left?.seen === seen.value) {
    show(left.chosen);
    keep();
  } else localStorage.removeItem(key);
}
