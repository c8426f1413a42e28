// The lesson player. The server decides what counts; nothing here is believed. See docs/counted-time.md.

import * as board from "./board.js";
import { listen } from "./keys.js";
import { Pins } from "./pins.js";
import { Question } from "./question.js";
import { speed, steps } from "./steps.js";
import { follow } from "./said.js";
import { Picture } from "./picture.js";
import { Telling } from "./telling.js";

const STALLED = 6000;
const at = (id) => document.getElementById(id);
const config = JSON.parse(at("player-config").textContent);
const words = at("player-words").dataset;
const video = document.querySelector("#film video");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const ms = () => Math.round(video.currentTime * 1000);

if (config.position >= config.seconds * 1000) config.position = 0;
let before = config.position; // the play head, shortly before now
let highWater = config.high_water;
let ours = false; // our own move of the play head
let unloaded = true; // it has not yet gone to where it begins
let paused = false; // by us, for want of a connection

// -- what the server is told, and says -------------------------------------------------------------------------

// In ms: where it stands, or will stand once there is something to see.
function place() {
  if (unloaded) return config.position;
  return picture.switching ? Math.round(picture.resume * 1000) : ms();
}

const film = { place, rate: () => Math.round(video.playbackRate * 100), stands: () => video.paused };
const telling = new Telling(config, csrf, film, {
  opened(reply) {
    board.unsay("connection", "stopped");
    align(reply.position);
    shown(reply);
    if (paused) goOn();
    else if (!video.paused) telling.watched({ hidden: document.hidden });
  },
  // What plays before the server listens could never count: so it does not play.
  unopened() {
    paused ||= !video.paused;
    video.pause();
    board.badge("offline");
    board.say(words.unopened, { about: "connection" });
  },
  reply: shown,
  // What was taken will count as far as it can: the way back and forth in it is free.
  brief: ({ position }) => (highWater = Math.max(highWater, position)),
  stopped(detail, again) {
    video.pause();
    board.badge("paused");
    board.say(detail, { about: "stopped", again });
  },
  unheard({ left, pause, lost }) {
    board.badge("offline");
    if (lost) return;
    if (pause && !video.paused) {
      paused = true;
      video.pause();
    }
    board.say(pause ? words.waiting : words.offline, { about: "connection" });
    board.countdown(board.filled(words.within, { left: board.face(left) }));
  },
  // The film goes back to where the server last heard of it, so that nobody watches on in vain.
  lost(place) {
    paused = true;
    video.pause();
    video.currentTime = place / 1000;
    const most = board.face(telling.session?.max_gap_ms ?? 0);
    board.say(board.filled(words.lost, { most, place: board.face(place) }), { about: "lost", again: !telling.away });
  },
  back(place) {
    if (at("word").dataset.about === "lost") board.say(at("word").querySelector("[data-word]").textContent, { about: "lost", again: true });
    else board.say(board.filled(words.back, { place: board.face(place) }), { about: "back", again: paused });
    paused = false;
  },
});

function shown(reply) {
  highWater = Math.max(highWater, reply.high_water);
  board.draw(reply, { paused: video.paused });
  if (reply.reason?.code === "past_mark" && reply.back_to !== null) seek(reply.back_to / 1000);
  if (reply.check) ask(reply.check);
}

function goOn() {
  paused = false;
  board.unsay("connection", "lost", "back", "hidden", "stopped", "slow");
  video.play().catch(() => {});
  if (!unloaded && video.readyState < video.HAVE_FUTURE_DATA) picture.mend();
}

// -- questions -------------------------------------------------------------------------------------------------

const question = new Question(at("check"), {
  send: (answer) => telling.answer(answer),
  extend: (number) => telling.moreTime(number),
  done({ ok, body }) {
    telling.held = false;
    if (!ok) return telling.stop(body.detail, true);
    telling.answered(body);
    align(body.position);
    shown(body);
    board.course(body);
    if (!body.passed) board.badge("paused");
    else if (!video.ended && !pins.open) video.play();
  },
});

function stopFor() {
  video.pause();
  if (document.fullscreenElement) document.exitFullscreen();
}

function ask(check) {
  stopFor();
  board.badge("paused");
  telling.held = true;
  question.ask(check);
}

const pins = new Pins(video, config.pins, { stopFor, post: (address, data) => telling.post(address, data) });

// -- the film --------------------------------------------------------------------------------------------------

// The film went on for a moment while the server was asked: back to where its clock began.
function align(position) {
  if (unloaded) config.position = position;
  else if (Math.abs(ms() - position) > 1) seek(position / 1000);
}

function seek(seconds) {
  ours = true;
  video.currentTime = seconds;
}

// Where somebody wants to go: by a link, a key, a button.
function go(seconds) {
  if (!unloaded) video.currentTime = Math.min(Math.max(0, seconds), config.seconds);
  else config.position = Math.round(seconds * 1000);
}

video.addEventListener("loadedmetadata", () => {
  if (!unloaded) return;
  unloaded = false;
  seek(config.position / 1000);
});
video.addEventListener("play", () => {
  if (question.open || pins.open) return video.pause();
  if (telling.session) {
    if (!telling.away) board.badge("counting");
    if (telling.isDue) telling.beat();
    else telling.later();
  } else telling.open();
  board.unsay("back", "lost", "hidden", "stopped");
});
video.addEventListener("timeupdate", () => {
  if (video.seeking || picture.switching || unloaded) return;
  const moves = !video.paused || video.ended;
  if (moves && Math.abs(ms() - before) > 20) telling.watched({ hidden: document.hidden });
  if (moves) pins.pass(before / 1000, video.currentTime);
  before = ms();
});
let target = 0;
video.addEventListener("seeking", () => {
  target = ms();
  if (ours || !config.counts) return;
  const ahead = config.no_skip && target > highWater + 2000 && target > before + 2000;
  if (ahead || (telling.untold && Math.abs(target - before) > 1000)) {
    board.say(ahead ? words.skip : words.stay, { about: "jump" });
    setTimeout(() => board.unsay("jump"), 10_000);
    return seek((ahead ? Math.max(highWater, before) : before) / 1000);
  }
  if (telling.played && telling.isDue) telling.beat(before);
});
video.addEventListener("seeked", () => {
  if (!ours) telling.jumped(target);
  ours = false;
  before = ms();
});
video.addEventListener("pause", () => {
  if (telling.session && !question.open && !telling.away) board.badge("paused");
  telling.soon();
});
video.addEventListener("ended", () => telling.soon());

// The network is up and the film still waits.
let waits = 0;
video.addEventListener("waiting", () => {
  clearTimeout(waits);
  waits = setTimeout(stalled, STALLED);
});
function stalled() {
  if (telling.away || video.paused) return;
  board.badge("paused");
  board.say(words.slow, { about: "slow" });
  picture.mend();
}
video.addEventListener("playing", () => {
  clearTimeout(waits);
  if (board.unsay("slow")) board.badge("counting");
});
video.addEventListener("error", () => video.error?.code === MediaError.MEDIA_ERR_NETWORK && picture.mend());

// -- the page --------------------------------------------------------------------------------------------------

document.addEventListener("visibilitychange", () => {
  if (!document.hidden || video.paused) return;
  video.pause();
  board.say(words.hidden, { about: "hidden", again: true });
});
addEventListener("offline", () => telling.silent());
addEventListener("online", () => (telling.away ? telling.beat() : paused && telling.open()));
addEventListener("pagehide", () => telling.leave());
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  telling.forget();
  board.badge("paused");
});
at("word").querySelector("[data-again]").addEventListener("click", goOn);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-seek]");
  if (!link?.dataset.seek) return;
  event.preventDefault();
  go(Number(link.dataset.seek));
  at("film").scrollIntoView({ block: "nearest" });
  video.play().catch(() => {});
});

const picture = new Picture(video, config, {
  place: () => place() / 1000,
  told: () => telling.beat(),
  back(place) {
    seek(place);
    telling.later();
  },
});
speed(video);
const step = steps(video, go);
follow(video);
listen(video, { go, step, words });
at("tools").hidden = false;
