// Films from other places that follow the counted one while they are open. Nothing here is counted.

import { Source } from "./source.js";

const main = document.querySelector("#film video");
const DRIFT = 0.3; // seconds

for (const beside of document.querySelectorAll("video.beside")) {
  const fold = beside.closest("details");
  let loaded = false;

  function follow() {
    if (!fold.open || !loaded) return;
    if (Math.abs(beside.currentTime - main.currentTime) > DRIFT) beside.currentTime = main.currentTime;
    beside.playbackRate = main.playbackRate;
    if (main.paused || main.ended) beside.pause();
    else if (beside.paused) beside.play().catch(() => {});
  }

  fold.addEventListener("toggle", () => {
    if (!fold.open) return beside.pause();
    if (!loaded) {
      loaded = true;
      if (beside.dataset.hls) new Source(beside).load(beside.dataset.hls);
      else beside.load();
    }
    follow();
  });
  beside.controls = false; // the film above leads
  beside.addEventListener("loadedmetadata", follow);
  for (const event of ["play", "pause", "seeked", "ratechange", "timeupdate"]) main.addEventListener(event, follow);
}
