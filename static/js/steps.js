// Chapters and workshop steps, and the speed with what it costs.

import { filled, tell } from "./board.js";

const JUST_BEGUN = 3; // seconds of a step after which "previous" means its own beginning

export function steps(video, go) {
  const links = [...document.querySelectorAll("#steps [data-seek]")];
  const tools = document.getElementById("tools");
  for (const button of tools.querySelectorAll("[data-jump]"))
    button.addEventListener("click", () => go(video.currentTime + Number(button.dataset.jump)));
  if (!links.length) return () => {};

  const begins = links.map((link) => Number(link.dataset.seek));
  const number = tools.querySelector("[data-step-number]");
  const title = tools.querySelector("[data-step-title]");
  const here = () => Math.max(0, begins.findLastIndex((second) => second <= video.currentTime + 0.25));
  let shown = -1;

  function show() {
    const now = here();
    if (now === shown) return;
    shown = now;
    links.forEach((link, n) => (n === now ? link.setAttribute("aria-current", "step") : link.removeAttribute("aria-current")));
    number.textContent = filled(number.dataset.words, { number: now + 1, total: links.length });
    title.textContent = links[now].querySelector("[data-title]").textContent;
    tools.querySelector('[data-step="-1"]').disabled = false;
    tools.querySelector('[data-step="1"]').disabled = now === links.length - 1;
  }

  function step(by) {
    const now = here();
    const back = by < 0 && video.currentTime - begins[now] > JUST_BEGUN ? 0 : by;
    const next = Math.min(Math.max(0, now + back), links.length - 1);
    go(begins[next]);
    tell(`${filled(number.dataset.words, { number: next + 1, total: links.length })} ${links[next].querySelector("[data-title]").textContent}`);
  }

  for (const button of tools.querySelectorAll("[data-step]"))
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  video.addEventListener("timeupdate", show);
  video.addEventListener("seeking", show);
  show();
  return step;
}

export function speed(video) {
  const choice = document.getElementById("rate");
  const note = document.getElementById("speed");
  choice.addEventListener("change", () => (video.playbackRate = Number(choice.value) / 100));
  video.addEventListener("ratechange", () => {
    const rate = Math.round(video.playbackRate * 100);
    const told = [...choice.options].find((option) => Number(option.value) === rate);
    choice.value = told ? told.value : "";
    note.hidden = rate <= 100;
    note.querySelector("[data-speed]").textContent = told ? `${told.text.trim()}.` : `${rate / 100}×.`;
    tell(told ? told.text : `${rate / 100}×`);
  });
}
