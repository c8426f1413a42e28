// The player's keys. They never take a key from a field, a button that has the focus, or an open question.

import { tell } from "./board.js";

const KEPT = "zhixun.keys";
const TYPING = "input, textarea, select, [contenteditable]";
const OWN = "a, button, summary, video, [role=button], [tabindex]"; // have a meaning of their own for space and arrows

export function listen(video, { go, step, words }) {
  const dialog = document.getElementById("keys");
  const on = dialog.querySelector("[data-keys-on]");
  try {
    on.checked = localStorage.getItem(KEPT) !== "off";
  } catch {
    // without a memory they are on
  }
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, on.checked ? "on" : "off");
    } catch {
      // for this page only, then
    }
  });
  const help = () => dialog.showModal();
  document.querySelector("[data-open-keys]").addEventListener("click", help);

  const by = (seconds) => () => go(video.currentTime + seconds);
  const play = () => (video.paused ? video.play().catch(() => {}) : video.pause());
  const plain = { k: play, j: by(-10), l: by(10), n: () => step(1), p: () => step(-1), m: sound, c: captions, f: whole };
  const exact = { "<": () => faster(-1), ">": () => faster(1), "?": help };
  const unless = { " ": play, ArrowLeft: by(-5), ArrowRight: by(5) };

  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!on.checked || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.isComposing || target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const act = exact[key] ?? plain[key.toLowerCase()] ?? (target.closest?.(OWN) ? null : unless[key]);
    if (!act) return;
    event.preventDefault();
    act();
  });

  function faster(by) {
    const rates = [...document.getElementById("rate").options].map((option) => Number(option.value) / 100);
    const now = video.playbackRate;
    const next = by > 0 ? rates.find((rate) => rate > now) : rates.findLast((rate) => rate < now);
    if (next) video.playbackRate = next;
  }

  function sound() {
    video.muted = !video.muted;
    tell(video.muted ? words.soundOff : words.soundOn);
  }

  function captions() {
    const tracks = [...video.textTracks].filter((track) => track.kind === "captions");
    if (!tracks.length) return;
    const now = tracks.findIndex((track) => track.mode === "showing");
    for (const track of tracks) track.mode = "disabled";
    const next = tracks[now + 1];
    if (next) next.mode = "showing";
    tell(`${words.captions}: ${next ? next.label : words.off}`);
  }

  function whole() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (video.requestFullscreen) video.requestFullscreen().catch(() => {});
    else video.webkitEnterFullscreen?.();
  }
}
