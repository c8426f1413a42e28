// Sections, lessons and questions by hand: drag them, or hold Alt and press the arrow keys. The buttons of each part do
// the same without this script. The order is changed here at once and put back when the server refuses it.

const KINDS = ["lesson", "section", "question"];
const kind = (row) => KINDS.find((name) => name in row.dataset);
const key = (row) => row?.dataset[kind(row)] ?? "";
const next = (row) => row.nextElementSibling;
const sectionOf = (row) => row.parentElement.closest("[data-section]");

function move(tree) {
  const around = tree.closest("section");
  const voice = around.querySelector("[data-tree-said]");

  for (const row of tree.querySelectorAll("li")) row.draggable = true;
  for (const link of tree.querySelectorAll("a")) link.draggable = false; // the row is dragged, not its address
  around.querySelector("[data-tree-hint]")?.removeAttribute("hidden");

  function number(row, said) {
    const name = row.querySelector("[data-name]");
    name.textContent = name.textContent.replace(/^\d+\.\d*/, said);
  }

  function renumber() {
    const start = Number(tree.dataset.start ?? 1);
    [...tree.children].forEach((row, n) => {
      number(row, `${start + n}.`);
      [...row.querySelectorAll("[data-lesson]")].forEach((lesson, m) => number(lesson, `${start + n}.${m + 1}`));
    });
  }

  async function keep(row, home, after) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", tree.dataset.token);
    body.set("step", "place");
    body.set("before", key(next(row)) || (tree.dataset.beyond ?? ""));
    if (kind(row) === "lesson") body.set("section", key(sectionOf(row)));
    if (tree.dataset.listed) body.set("listed", tree.dataset.listed);
    renumber();
    try {
      const reply = await fetch(row.dataset.step, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      if (!reply.ok) throw new Error((await reply.json().catch(() => ({}))).detail ?? "");
      voice.textContent = `${tree.dataset.moved} ${row.querySelector("[data-name]").textContent}`;
    } catch (trouble) {
      home.insertBefore(row, after);
      renumber();
      voice.textContent = `${tree.dataset.failed} ${trouble.message}`;
    }
  }

  // By keyboard: one place up or down, a lesson also over the border of its section.
  tree.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest("li");
    if (!row) return;
    event.preventDefault();
    const home = row.parentElement;
    const after = next(row);
    const up = event.key === "ArrowUp";
    const beside = up ? row.previousElementSibling : after;
    if (beside) home.insertBefore(row, up ? beside : next(beside));
    else if (kind(row) === "lesson") {
      const section = sectionOf(row);
      const other = up ? section.previousElementSibling : section.nextElementSibling;
      if (!other) return;
      const list = other.querySelector("[data-lessons]");
      list.insertBefore(row, up ? null : list.firstElementChild);
    } else return;
    row.querySelector("a").focus();
    keep(row, home, after);
  });

  // By hand.
  let held = null;
  let from = null;
  tree.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    from = [held.parentElement, next(held)];
    held.classList.add("is-held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.stopPropagation();
  });
  tree.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    const over = event.target.closest(`[data-${kind(held)}]`);
    if (over && over !== held) {
      const box = over.getBoundingClientRect();
      const below = event.clientY > box.top + box.height / 2;
      over.parentElement.insertBefore(held, below ? next(over) : over);
    } else if (!over && kind(held) === "lesson") {
      // onto a section's name: to its top, also where it has no lesson yet
      const list = event.target.closest("[data-section]")?.querySelector("[data-lessons]");
      if (list && list !== held.parentElement) list.prepend(held);
    }
  });
  tree.addEventListener("drop", (event) => event.preventDefault());
  tree.addEventListener("dragend", (event) => {
    if (!held) return;
    const row = held;
    const [home, after] = from;
    held = null;
    row.classList.remove("is-held");
    if (event.dataTransfer.dropEffect === "none") home.insertBefore(row, after); // let go elsewhere, or Escape
    else if (row.parentElement !== home || next(row) !== after) keep(row, home, after);
  });
}

for (const tree of document.querySelectorAll("[data-tree]")) move(tree);

// A browser that cannot open a closed fold by style (editor.css) gets it opened where there is room.
if (matchMedia("(min-width: 75rem)").matches && !CSS.supports("selector(::details-content)")) {
  for (const fold of document.querySelectorAll(".narrowfold")) fold.open = true;
}
