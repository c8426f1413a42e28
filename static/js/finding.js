// The catalogue narrows in place. What the reader has opened stays open; the sheet of filters closes when its courses are asked for.

const form = document.querySelector("#find");

// A filter that the reader opened or closed stays so: the answer knows only how filters stand at first.
addEventListener("htmx:before:morph:attr", (event) => {
  if (event.target?.localName === "details" && event.detail?.attrName === "open") event.preventDefault();
});

form?.addEventListener("submit", () => {
  const sheet = document.querySelector("#facets");
  if (sheet?.matches(":popover-open")) sheet.hidePopover();
});

// Back and forward may come from the browser's own memory, with boxes ticked otherwise than the address says.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
