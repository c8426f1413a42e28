// Answers by hand: steps that are moved by buttons, arrow keys or dragging, and spots pointed at in a picture.
// The selects and boxes stay the truth, so that everything else works as it does without this script.

function order(list) {
  const said = list.parentElement.querySelector("[data-order-said]");
  const rows = () => [...list.querySelectorAll("[data-step]")];
  if (!rows().length) return;
  list.parentElement.querySelector("[data-order-plain]").hidden = true;

  const number = () => {
    for (const [n, row] of rows().entries()) row.querySelector("[data-place]").textContent = n + 1;
  };
  const name = (row) => row.querySelector("[data-text]").textContent;

  function placed(row) {
    for (const [n, one] of rows().entries()) one.querySelector("select").value = String(n + 1);
    number();
    said.textContent = `${name(row)}: ${list.dataset.moved} ${rows().indexOf(row) + 1}`;
    row.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
  }

  function shift(row, by, button) {
    const all = rows();
    const beside = all[all.indexOf(row) + by];
    if (!beside) return;
    if (by < 0) beside.before(row);
    else beside.after(row);
    button?.focus();
    placed(row);
  }

  for (const row of rows()) {
    row.querySelector("select").hidden = true;
    const place = document.createElement("b");
    place.dataset.place = "";
    row.prepend(place);
    const buttons = document.createElement("span");
    buttons.className = "steps-order__move";
    for (const [by, sign, words] of [[-1, "↑", list.dataset.up], [1, "↓", list.dataset.down]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--small";
      button.textContent = sign;
      button.setAttribute("aria-label", `${words}: ${name(row)}`);
      button.addEventListener("click", () => shift(row, by, button));
      button.addEventListener("keydown", (event) => {
        const to = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!to) return;
        event.preventDefault();
        shift(row, to, button);
      });
      buttons.append(button);
    }
    row.append(buttons);
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      row.classList.add("is-dragged");
    });
    row.addEventListener("dragend", () => row.classList.remove("is-dragged"));
  }
  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector(".is-dragged");
    const over = event.target.closest("[data-step]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged);
    else over.after(dragged);
    number();
  });
  list.addEventListener("drop", (event) => {
    const dragged = list.querySelector(".is-dragged");
    if (!dragged) return;
    event.preventDefault();
    placed(dragged);
  });
  number();
  list.addEventListener("order", () => {
    const at = (row) => Number(row.querySelector("select").value) || rows().length;
    for (const row of rows().sort((a, b) => at(a) - at(b))) list.append(row);
    number();
  });
}

function spots(figure) {
  const boxes = [...figure.parentElement.querySelectorAll(".options input")];
  const mark = () => {
    for (const spot of figure.querySelectorAll("[data-spot]")) {
      spot.classList.toggle("is-chosen", boxes.some((box) => box.checked && box.value === spot.dataset.spot));
    }
  };
  figure.addEventListener("click", (event) => {
    const spot = event.target.closest("[data-spot]");
    boxes.find((box) => spot && box.value === spot.dataset.spot && !box.disabled)?.click();
  });
  figure.parentElement.addEventListener("change", mark);
  figure.addEventListener("order", mark);
  mark();
}

for (const list of document.querySelectorAll("[data-order]")) order(list);
for (const figure of document.querySelectorAll("[data-spots]")) spots(figure);
