// Which picture is fetched, and how much data that takes.

import { filled } from "./board.js";
import { Source } from "./source.js";

const KEPT = "zhixun.picture";
const MEGABYTE = 1e6;
const REST = 10_000; // between two tries to fetch a film anew

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // a browser that keeps nothing asks again next time
  }
}

// Somebody who saves data, or a line that is known to be slow, begins with the smallest picture.
function thrifty() {
  const { saveData, effectiveType } = navigator.connection ?? {};
  return Boolean(saveData) || ["slow-2g", "2g", "3g"].includes(effectiveType);
}

export class Picture {
  // `place` gives the second to go on from; `told` reports what was watched; `back` goes to a second of the new source.
  constructor(video, config, { place, told, back }) {
    Object.assign(this, { video, config, place, told, back, switching: false });
    this.source = new Source(video);
    this.#choices();
    if (config.hls) this.source.load(this.chosen === "audio" ? config.audio : config.hls, { from: place() });
    setInterval(() => this.#used(), 2000);
  }

  #choices() {
    const box = document.getElementById("picture");
    const able = (value) => value === "auto" || (value === "smallest" ? this.source.byScript : Boolean(this.config.audio));
    const wanted = kept() ?? (thrifty() ? "smallest" : "auto");
    this.chosen = "auto";
    if (!this.config.hls || !this.source.able) return;
    box.hidden = false;
    for (const radio of box.querySelectorAll("input")) {
      radio.closest("label").hidden = !able(radio.value);
      radio.checked = radio.value === (able(wanted) ? wanted : "auto");
      if (radio.checked) this.chosen = radio.value;
    }
    this.source.save(this.chosen === "smallest");
    box.addEventListener("change", (event) => this.#choose(event.target.value));
  }

  async #choose(value) {
    const sound = (one) => one === "audio";
    const changes = sound(value) !== sound(this.chosen);
    this.chosen = value;
    keep(value);
    this.source.save(value === "smallest");
    if (changes) await this.#switch(sound(value) ? this.config.audio : this.config.hls);
  }

  // Another source at the same place: what was watched is told first, and nothing is told until the film stands there again.
  async #switch(address) {
    await this.told();
    if (!this.switching) [this.resume, this.plays] = [this.place(), !this.video.paused];
    this.switching = true;
    this.video.addEventListener("loadedmetadata", () => this.back(this.resume), { once: true });
    this.video.addEventListener("seeked", () => {
      this.switching = false;
      if (this.plays) this.video.play().catch(() => {});
    }, { once: true });
    if (address) this.source.load(address, { from: this.resume, now: true });
    else this.video.load();
  }

  // A browser that fetches by itself sometimes never asks again after the line was gone: then it is told to.
  mend() {
    if (this.source.hls || this.mending || !navigator.onLine) return;
    this.mending = setTimeout(() => (this.mending = 0), REST);
    this.#switch();
  }

  // Of a film that the browser fetches by itself only the share is known that it has in hand.
  #fetched() {
    if (this.source.bytes) return this.source.bytes;
    const { buffered, duration } = this.video;
    let seconds = 0;
    for (let n = 0; n < buffered.length; n += 1) seconds += buffered.end(n) - buffered.start(n);
    return duration ? (seconds / duration) * this.config.bytes : 0;
  }

  #used() {
    const bytes = this.#fetched();
    if (!bytes) return;
    const told = document.getElementById("used");
    told.hidden = false;
    told.textContent = filled(told.dataset.words, { n: (bytes / MEGABYTE).toFixed(1) });
  }
}
