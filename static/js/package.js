/* What a package in its sandbox says is kept by the portal, as the package's own word. Its time is told by package_time.js. */
const box = document.querySelector("[data-package]");
const frame = box.querySelector("iframe");
const lost = box.querySelector("[data-lost]");
const status = document.querySelector("[data-package-status]");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const refused = box.querySelector("[data-refused]");
const LATER = 1500, AGAIN = 5000, LEAST = 1000;
let told = null;
let timer = 0;
let sending = false;
let sent = 0;
let due = 0;

addEventListener("message", (event) => {
  const said = event.data;
  if (event.source !== frame.contentWindow || said?.zhixun !== "scorm" || typeof said.told !== "object") return;
  if (said.kind === "ready") return;
  told = said.told;
  plan(said.kind === "set" ? LATER : 0);
});

// what was said before this script was here
frame.contentWindow.postMessage({ zhixun: "again" }, "*");

function plan(wait) {
  if (!box.dataset.save) return;
  // a package that talks without pause is heard once a second, and never put off by talking on
  const then = Math.max(Date.now() + wait, sent + LEAST);
  if (timer && due <= then) return;
  clearTimeout(timer);
  due = then;
  timer = setTimeout(send, then - Date.now());
}

async function send() {
  timer = 0;
  if (sending || !told) return;
  const now = told;
  told = null;
  sending = true;
  sent = Date.now();
  let again = 0;
  try {
    const answer = await put(now, false);
    const trouble = answer.status >= 500 || answer.status === 429;
    lost.hidden = !trouble;
    refused.hidden = answer.ok || trouble;
    if (answer.ok) show(await answer.json());
    else if (trouble) again = AGAIN;
  } catch {
    lost.hidden = false;
    again = AGAIN;
  }
  sending = false;
  if (again) told ??= now;
  if (told) plan(again || LATER);
}

function put(now, last) {
  return fetch(box.dataset.save, {
    method: "PUT",
    keepalive: last,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ number: Number(box.dataset.number), told: now }),
  });
}

function show(kept) {
  if (!status) return;
  status.querySelector("[data-word]").textContent = kept.word;
  status.querySelector("[data-score]").textContent = kept.score_word;
}

// what was said last goes out while the page is left; a larger message than a browser lets go with it is sent before
addEventListener("pagehide", () => {
  if (told && box.dataset.save) put(told, true).catch(() => {});
});
