// Small comforts for every page. Nothing here is needed to finish a task.

// After a refused form, start reading at the list of what went wrong.
document.querySelector("form:not([data-sample]) .summary")?.focus();

// Where a bar is wider than the phone, what is chosen comes into sight.
for (const bar of document.querySelectorAll(".rail, .tabs")) {
  const here = bar.querySelector(":scope > [aria-current]");
  if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - 16;
}

// A second press while the first is on its way would send the form twice.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
