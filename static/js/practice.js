// Moments of a film: a link to one plays it there, a button takes the present one. And a paper saves itself.
// Without this script links open the film at the moment (#t=), moments are typed, and a button saves.

const film = document.querySelector("video[data-film]");
const face = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

if (film) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-moment]");
    if (link) {
      event.preventDefault();
      film.currentTime = Number(link.dataset.moment);
      film.scrollIntoView({ block: "nearest" });
      film.focus();
    }
    const taker = event.target.closest("button[data-take]");
    if (taker) {
      const input = document.getElementById(taker.dataset.take);
      input.value = face(film.currentTime);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    }
  });
  for (const taker of document.querySelectorAll("button[data-take]")) taker.hidden = false;
}

const PAUSE = 2000;
const AGAIN = 5000;
const paper = document.querySelector("form[data-paper]");

if (paper) {
  const note = paper.querySelector("[data-saved-note]");
  const left = paper.querySelector("[data-missing]");
  const words = paper.dataset;
  let timer = 0;
  let dirty = false;
  let busy = false;
  let leaving = false;
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };

  async function save() {
    if (busy || !dirty || leaving) return;
    busy = true;
    dirty = false;
    note.textContent = words.saving;
    try {
      const reply = await fetch(location.pathname, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(paper),
      });
      if (!reply.ok && reply.status !== 409) throw new Error(reply.status);
      const told = await reply.json();
      left.textContent = told.missing;
      const at = new Date(told.saved_at).toLocaleTimeString("zh-CN", {
        hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
      });
      note.textContent = told.detail || `${words.saved} ${at}`;
    } catch {
      dirty = true;
      note.textContent = words.unsaved;
      later(AGAIN);
    } finally {
      busy = false;
    }
    if (dirty) later(PAUSE);
  }

  paper.addEventListener("input", () => {
    dirty = true;
    later(PAUSE);
  });
  paper.addEventListener("submit", () => (leaving = true));
  addEventListener("online", save);
  addEventListener("beforeunload", (event) => (dirty || busy) && !leaving && event.preventDefault());
}
