// The catalogue narrows in place (htmx). The sheet of filters closes when its courses are asked for.

const form = document.querySelector("#find");

form?.addEventListener("submit", () => {
  const sheet = document.querySelector("#facets");
  if (sheet?.matches(":popover-open")) sheet.hidePopover();
});

// Back and forward may come from the browser's own memory, with boxes ticked otherwise than the address says.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
