// What is said in the film: the sentence of the moment is marked, and one can search.

import { filled } from "./board.js";

const REST = 400; // ms without typing before the number found is told

export function follow(video) {
  const list = document.getElementById("said");
  if (!list) return;
  const rows = [...list.querySelectorAll("li")].map((row) => ({
    row,
    link: row.querySelector("a"),
    words: row.querySelector("[data-words]"),
    text: row.querySelector("[data-words]").textContent,
    from: Number(row.dataset.from),
  }));
  let shown = null;

  video.addEventListener("timeupdate", () => {
    const now = rows.findLast(({ from }) => from <= video.currentTime * 1000 + 100);
    if (now === shown) return;
    shown?.link.removeAttribute("aria-current");
    now?.link.setAttribute("aria-current", "true");
    shown = now;
    if (now && !list.matches(":focus-within, :hover")) into(now.row);
  });

  // Only the list moves, never the page.
  function into(row) {
    const top = row.offsetTop;
    if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - 16;
  }

  const box = document.getElementById("said-search");
  const found = box.querySelector("[data-found]");
  let resting = 0;
  box.hidden = false;
  box.querySelector("input").addEventListener("input", ({ target }) => {
    const wanted = target.value.trim().toLowerCase();
    let count = 0;
    for (const { row, words, text } of rows) {
      const at = wanted ? text.toLowerCase().indexOf(wanted) : -1;
      row.hidden = Boolean(wanted) && at < 0;
      count += at >= 0;
      words.replaceChildren(...(at < 0 ? [text] : marked(text, at, wanted.length)));
    }
    clearTimeout(resting);
    resting = setTimeout(() => (found.textContent = wanted ? filled(found.dataset.words, { n: count }) : ""), REST);
  });
}

function marked(text, at, length) {
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + length);
  return [text.slice(0, at), mark, text.slice(at + length)];
}
