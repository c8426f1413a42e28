// What the page says about counting: only ever what the server has said.

const at = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const SHORT = 1; // seconds of the film that are not worth a line
const MOST = 12; // lines

export function face(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

export function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

// A text only changes when it says something else: a screen reader reads it again each time.
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let complete = false;

export function badge(state) {
  const shown = state === "paused" && complete ? "complete" : state;
  for (const tag of at("badge").children) tag.hidden = tag.dataset.show !== shown;
}

// One sentence at a time; `about` says what it is about, so that it can be taken back without taking back another.
export function say(text, { about = "", again = false } = {}) {
  const word = at("word");
  word.dataset.about = about;
  word.hidden = !text;
  put(word.querySelector("[data-word]"), text ?? "");
  word.querySelector("[data-again]").hidden = !again;
  countdown("");
}

// Gives whether there was something to take back.
export function unsay(...about) {
  const found = about.includes(at("word").dataset.about);
  if (found) say("");
  return found;
}

// Beside the sentence, each second, and not read out.
export function countdown(text) {
  const left = at("word").querySelector("[data-left]");
  left.hidden = !text;
  put(left, text);
}

// For screen readers, in a few words, what a key has done.
export function tell(text) {
  put(at("told"), text);
}

export function draw(reply, { paused }) {
  put(at("counted-time"), face(reply.counted_ms));
  put(at("waiting-time"), face(reply.waiting_ms));
  bar(reply);
  missing(reply);
  explain(reply);
  if (reply.done) at("done").hidden = false;
  complete = reply.done;
  const idle = reply.reason && reply.reason.code !== "paused" && !reply.credited_ms;
  badge(paused || idle ? "paused" : "counting");
  const side = document.querySelector(".theatre__side [aria-current] small");
  if (side) put(side, side.textContent.replace(/[\d:]+/, face(reply.counted_ms)));
}

function bar({ spans, position, counted_ms: counted, length_ms: length }) {
  const svg = at("coverage").querySelector("svg");
  for (const old of svg.querySelectorAll(".cv-counted, .cv-fast, .cv-at")) old.remove();
  const path = (kind, d) => {
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("class", kind);
    shape.setAttribute("d", d);
    svg.append(shape);
  };
  for (const [from, to, kind] of spans) path(`cv-${kind}`, `M${from} 0h${to - from}v20h-${to - from}z`);
  path("cv-at", `M${position / 1000} -4v28`);
  svg.setAttribute("aria-label", `${face(counted)} / ${face(length)}`);
}

export function gaps(spans, length) {
  const found = [];
  let end = 0;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0]).concat([[length, length]])) {
    if (from - end >= SHORT) found.push([Math.floor(end), Math.ceil(from)]);
    end = Math.max(end, to);
  }
  return found;
}

function missing({ spans, length_ms: length }) {
  const box = at("missing");
  const found = gaps(spans, length / 1000);
  const told = JSON.stringify(found);
  if (box.dataset.told === told || box.contains(document.activeElement)) return;
  box.dataset.told = told;
  box.hidden = !found.length;
  const row = box.querySelector("template").content;
  box.querySelector("ul").replaceChildren(
    ...found.slice(0, MOST).map(([from, to]) => {
      const line = row.cloneNode(true);
      const link = line.querySelector("a");
      link.textContent = `${face(from * 1000)}–${face(to * 1000)}`;
      link.dataset.seek = from;
      link.href = `?t=${from}#film`;
      return line;
    }),
  );
}

function explain({ reason, back_to: back }) {
  const note = at("reason");
  note.hidden = !reason || ["paused", "check_pending", "gap"].includes(reason.code);
  if (!reason) return;
  put(note.querySelector("[data-sentence]"), `${reason.sentence} ${reason.remedy}`);
  const link = note.querySelector("[data-seek]");
  link.hidden = back === null;
  if (back !== null) link.dataset.seek = back / 1000;
}

// The course's hours, after what a check confirmed or made void.
export function course({ course, exam }) {
  for (const [name, figure] of Object.entries(course)) {
    const cell = document.querySelector(`[data-hours=${name}]`);
    cell.textContent = cell.textContent.replace(/\d[\d.,]*( \/ \d+)?/, figure);
  }
  document.querySelector("[data-hours-title]").textContent = exam.title;
  document.querySelector("[data-meter] progress").value = exam.counted;
}
