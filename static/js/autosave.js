// Saves a form of the editor a moment after the last key. Without this script its button saves.
// What was typed never leaves the page: a failed save is tried again, a refused one says why and waits for a change.

const PAUSE = 2000;
const AGAIN = 5000;

function watch(form) {
  const note = form.querySelector("[data-saved-note]");
  const words = form.dataset;
  let timer = 0;
  let dirty = "dirty" in words; // typed since the last save began
  let refused = false; // what stands in the form was not taken, and nobody has typed since
  let busy = false;
  let pressed = null; // the button that was pressed
  let leaving = false; // the button was pressed: the page is about to be replaced
  let stopped = false; // somebody else saved: from here on only the button saves, and shows both texts

  const say = (text) => { note.textContent = text; };
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };

  async function save() {
    clearTimeout(timer);
    if (busy || !dirty || stopped || leaving) return;
    busy = true;
    dirty = false;
    say(words.saving);
    try {
      const reply = await fetch(location.pathname, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (reply.ok && !reply.redirected) {
        const told = await reply.json();
        form.elements.revision.value = told.revision;
        form.elements.base.value = JSON.stringify(told.base);
        const at = new Date(told.saved_at).toLocaleTimeString("zh-CN", {
          hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
        });
        say(`${words.saved} ${at}`);
      } else if (reply.status === 409) {
        stopped = true;
        dirty = true;
        say(words.conflict);
      } else if (reply.status === 404) {
        stopped = true;
        dirty = true;
        say(words.gone);
      } else if (reply.status === 422) {
        const told = await reply.json();
        refused = true;
        say(`${words.typed}: ${told.detail}`);
      } else throw new Error(reply.status);
    } catch {
      dirty = true;
      say(words.unsaved);
      later(AGAIN);
    } finally {
      busy = false;
    }
    if (leaving) form.requestSubmit(pressed);
    else if (dirty && !stopped) later(PAUSE);
  }

  form.addEventListener("input", (event) => {
    dirty = true;
    refused = false;
    // a lesson of another kind has other fields: fetch them
    if (event.target.name === "kind" && event.target.matches("select")) form.requestSubmit();
    else if (!stopped) {
      say(words.typed);
      later(PAUSE);
    }
  });
  form.addEventListener("submit", (event) => {
    leaving = true;
    pressed = event.submitter;
    if (busy) event.preventDefault(); // goes on its way when the save that is under way has ended
  });
  addEventListener("online", save);
  if (dirty) {
    say(words.typed);
    later(PAUSE);
  }
  addEventListener("beforeunload", (event) => {
    if ((dirty || busy || refused) && !leaving) event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);

// After a refused save by two, start reading at what both wrote.
document.querySelector(".conflict")?.focus();
