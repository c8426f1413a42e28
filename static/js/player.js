// The lesson player: tells the server what is watched, and draws what counted.
// The server decides; nothing here is believed. See docs/counted-time.md.

import { Question } from "./question.js";
import { Source } from "./source.js";

const at = (id) => document.getElementById(id);
const config = JSON.parse(at("player-config").textContent);
const words = at("player-words").dataset;
const video = document.querySelector("video");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const ms = () => Math.round(video.currentTime * 1000);

let session = null; // what the server said when it opened: address, beat, gaps
let opening = false;
let busy = false;
let seq = 0;
let nonce = "";
let heard = 0; // when the last reply came
let timer = 0;
let played = false; // media went on since the last beat
let unseen = false; // … while the page could not be seen
let start = null; // where it went on after a jump
let before = config.position; // the play head, shortly before now
let highWater = config.high_water;
let goBack = false; // our own move of the play head
let switching = false; // between two sources
let complete = false; // the whole lesson counted

// -- talking ---------------------------------------------------------------------------------------------------

async function post(address, data) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(data),
    signal: AbortSignal.timeout(10000),
  });
  if (response.status >= 500) throw new Error(response.status);
  return { ok: response.ok, body: await response.json() };
}

async function open() {
  if (session || opening || !config.counts) return;
  opening = true;
  try {
    const { enrolment, lesson } = config;
    const asked = ms();
    const { ok, body } = await post(config.open, { enrolment, lesson, position: asked });
    if (!ok) return stop(body.detail);
    session = { ...body, address: `${config.open}${body.session}/` };
    say("");
    played = !video.paused;
    unseen = document.hidden;
    start = null;
    align(body.position);
    draw(body);
    later();
  } catch {
    show("offline");
    say(words.offline);
    setTimeout(open, 5000);
  } finally {
    opening = false;
  }
}

function stop(detail, again = false) {
  session = null;
  clearTimeout(timer);
  video.pause();
  show("paused");
  say(detail, again);
}

function later(wait = session?.beat_ms) {
  clearTimeout(timer);
  if (session) timer = setTimeout(beat, wait);
}

// As soon as the server takes another beat: after a pause, a jump, or when the page goes to the background.
function soon() {
  if (session && played) later(Math.max(0, heard + session.min_gap_ms + 50 - performance.now()));
}

async function beat(position = ms()) {
  if (!session || busy || switching || question.open) return;
  clearTimeout(timer);
  if (!played && video.paused) return;
  busy = true;
  const sent = { seq: seq + 1, nonce, position, playing: played, visible: !unseen, start };
  sent.rate = Math.round(video.playbackRate * 100);
  const marks = [played, unseen, start];
  played = unseen = false;
  start = null;
  const again = () => {
    played ||= marks[0];
    unseen ||= marks[1];
    start ??= marks[2];
  };
  try {
    const { ok, body } = await post(`${session.address}beats/`, sent);
    if (ok) {
      // A stored reply answers an earlier try: what came after it is still to be told.
      if (Math.abs(body.position - position) > 300) again();
      draw(body);
      later();
    } else refused(body, again);
  } catch {
    again();
    gone();
  } finally {
    busy = false;
  }
}

function refused(body, again) {
  if (body.code === "beat_too_soon") {
    again();
    later(session.min_gap_ms);
  } else if (body.code === "beat_out_of_order" || body.code === "session_silent" || body.code === "session_left") {
    session = null;
    open();
  } else stop(body.detail ?? "", body.code === "session_taken_over");
}

function gone() {
  const quiet = performance.now() - heard;
  show("offline");
  if (quiet > session.max_gap_ms - 25000) {
    video.pause();
    say(words.waiting);
  } else say(words.offline);
  later(5000);
}

// -- showing ---------------------------------------------------------------------------------------------------

function show(state) {
  const shown = state === "paused" && complete ? "complete" : state;
  for (const tag of at("badge").children) tag.hidden = tag.dataset.show !== shown;
}

function say(text, again = false) {
  const word = at("word");
  word.hidden = !text;
  word.querySelector("[data-word]").textContent = text ?? "";
  word.querySelector("[data-again]").hidden = !again;
}

function face(millis) {
  const seconds = Math.floor(millis / 1000);
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

function draw(reply) {
  ({ seq, nonce } = reply);
  heard = performance.now();
  highWater = Math.max(highWater, reply.high_water);
  at("counted-time").textContent = face(reply.counted_ms);
  at("waiting-time").textContent = face(reply.waiting_ms);
  const svg = at("coverage").querySelector("svg");
  for (const old of svg.querySelectorAll(".cv-counted, .cv-fast, .cv-at")) old.remove();
  const path = (kind, d) => {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    shape.setAttribute("class", kind);
    shape.setAttribute("d", d);
    svg.append(shape);
  };
  for (const [from, to, kind] of reply.spans) path(`cv-${kind}`, `M${from} 0h${to - from}v20h-${to - from}z`);
  path("cv-at", `M${reply.position / 1000} -4v28`);
  svg.setAttribute("aria-label", `${face(reply.counted_ms)} / ${face(reply.length_ms)}`);
  explain(reply);
  if (reply.done) at("done").hidden = false;
  const idle = reply.reason && reply.reason.code !== "paused" && !reply.credited_ms;
  complete = reply.done;
  show(video.paused || idle ? "paused" : "counting");
  const side = document.querySelector(".theatre__side [aria-current] small");
  if (side) side.textContent = side.textContent.replace(/[\d:]+/, face(reply.counted_ms));
  if (!at("word").querySelector("[data-again]").hidden || navigator.onLine) say("");
  if (reply.check) ask(reply.check);
}

function explain({ reason, back_to: back }) {
  const note = at("reason");
  note.hidden = !reason || reason.code === "paused" || reason.code === "check_pending";
  if (!reason) return;
  note.querySelector("[data-sentence]").textContent = `${reason.sentence} ${reason.remedy}`;
  const link = note.querySelector("[data-seek]");
  link.hidden = back === null;
  if (back === null) return;
  link.dataset.seek = back / 1000;
  if (reason.code === "past_mark") video.currentTime = back / 1000;
}

// -- the question ----------------------------------------------------------------------------------------------

const question = new Question(at("check"), {
  send: (answer) => post(`${session.address}answer/`, answer),
  extend: (number) => post(`${session.address}more-time/`, { number }),
  done({ ok, body }) {
    if (!ok) return stop(body.detail, true);
    played = unseen = false;
    start = null;
    align(body.position);
    draw(body);
    for (const [name, figure] of Object.entries(body.course)) {
      const cell = document.querySelector(`[data-hours=${name}]`);
      cell.textContent = cell.textContent.replace(/\d[\d.,]*( \/ \d+)?/, figure);
    }
    document.querySelector("[data-hours-title]").textContent = body.exam.title;
    document.querySelector("[data-meter] progress").value = body.exam.counted;
    if (!body.passed) show("paused");
    else if (!video.ended) video.play();
  },
});

function ask(check) {
  video.pause();
  if (document.fullscreenElement) document.exitFullscreen();
  question.ask(check);
}

// The film went on for a moment while the server was asked: back to where its clock began.
function align(position) {
  if (ms() !== position) seek(position / 1000);
}

// -- the film --------------------------------------------------------------------------------------------------

function seek(seconds) {
  goBack = true;
  video.currentTime = seconds;
}

video.addEventListener("loadedmetadata", () => seek(config.position >= config.seconds * 1000 ? 0 : config.position / 1000), {
  once: true,
});
video.addEventListener("play", () => {
  if (question.open) return video.pause();
  if (session) {
    show("counting");
    if (performance.now() - heard > session.min_gap_ms) beat();
    else later();
  } else open();
});
video.addEventListener("timeupdate", () => {
  if (video.seeking || switching) return;
  if (!video.paused || video.ended) {
    if (Math.abs(ms() - before) > 20) played = true;
    if (document.hidden) unseen = true;
  }
  before = ms();
});
let target = 0;
video.addEventListener("seeking", () => {
  target = ms();
  const ahead = config.no_skip && ms() > highWater + 2000 && ms() > before + 2000;
  if (ahead && !goBack && config.counts) {
    say(words.skip);
    video.currentTime = Math.max(highWater, before) / 1000;
    return;
  }
  if (session && played && performance.now() - heard > session.min_gap_ms) beat(before);
});
video.addEventListener("seeked", () => {
  if (session && !goBack) start = target;
  goBack = false;
  before = ms();
});
video.addEventListener("pause", () => {
  if (session && !question.open) show("paused");
  soon();
});
video.addEventListener("ended", soon);
video.addEventListener("ratechange", () => (at("speed").hidden = video.playbackRate <= 1));
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !video.paused) {
    video.pause();
    say(words.hidden);
  }
});
addEventListener("online", () => session && !question.open && beat());
addEventListener("pagehide", () => {
  if (!session) return;
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json" };
  fetch(`${session.address}close/`, { method: "POST", headers, body: "{}", keepalive: true });
});
addEventListener("pageshow", (event) => event.persisted && (session = null));
at("word").querySelector("[data-again]").addEventListener("click", () => video.play());
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-seek]");
  if (!link?.dataset.seek) return;
  video.currentTime = Number(link.dataset.seek);
  video.play();
});

const source = new Source(video);
if (config.hls) source.load(config.hls);

// Another source at the same place: what was watched is told first, and nothing is told until the film stands there again.
const soundOnly = at("sound-only");
if (soundOnly && source.able) {
  soundOnly.hidden = false;
  soundOnly.querySelector("input").addEventListener("change", async (event) => {
    await beat();
    clearTimeout(timer);
    const [place, playing] = [video.currentTime, !video.paused];
    switching = true;
    video.addEventListener("loadedmetadata", () => seek(place), { once: true });
    video.addEventListener("seeked", () => {
      switching = false;
      if (playing) video.play();
      later();
    }, { once: true });
    source.load(event.target.checked ? config.audio : config.hls);
  });
}
