// "Copy" beside a box with something to copy. Without it the box can be selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    said.textContent = button.dataset.done;
  });
}
