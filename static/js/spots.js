// Where the spots of a picture lie: drag over the picture while the cursor stands in a spot's fields. Without this
// script the four numbers say it.

const figure = document.querySelector("[data-place-spots]");

if (figure) {
  const over = figure.querySelector("svg");
  const rows = [...document.querySelectorAll("[data-spot-row]")];
  const fields = (row) => [...row.querySelectorAll(".area-edit input")];
  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  let active = rows[0];
  let from = null;
  document.querySelector("[data-place-hint]").hidden = false;

  function draw() {
    over.replaceChildren(...rows.flatMap((row) => {
      const [x, y, width, height] = fields(row).map(({ value }) => Number(value));
      if (!width || !height) return [];
      const group = make("g", row === active ? { class: "is-chosen" } : {});
      const text = make("text", { x: `${x}%`, y: `${y}%`, dx: 3, dy: 8, "text-anchor": "middle" });
      text.textContent = row.dataset.spotRow;
      group.append(
        make("rect", { x: `${x}%`, y: `${y}%`, width: `${width}%`, height: `${height}%`, rx: 4 }),
        make("circle", { cx: `${x}%`, cy: `${y}%`, r: 12, transform: "translate(3 3)" }),
        text,
      );
      return [group];
    }));
  }

  function at(event) {
    const box = figure.querySelector("img").getBoundingClientRect();
    const part = (n, size) => Math.min(100, Math.max(0, Math.round((100 * n) / size)));
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  }

  function put(event) {
    const to = at(event);
    const [x, y] = [0, 1].map((n) => Math.min(from[n], to[n], 99));
    const [width, height] = [0, 1].map((n) => Math.max(1, Math.abs(from[n] - to[n])));
    for (const [n, value] of [x, y, width, height].entries()) fields(active)[n].value = value;
    draw();
  }

  for (const row of rows) {
    row.addEventListener("focusin", () => { active = row; draw(); });
    row.addEventListener("input", draw);
  }
  figure.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    from = at(event);
    figure.setPointerCapture(event.pointerId);
  });
  figure.addEventListener("pointermove", (event) => { if (from) put(event); });
  figure.addEventListener("pointerup", (event) => {
    if (!from) return;
    put(event);
    from = null;
    fields(active)[0].dispatchEvent(new Event("input", { bubbles: true }));
  });
  draw();
}
