// Questions beside the film: "ask" takes the moment along, and a moment seeks without loading the page again.

const video = document.querySelector("video");

document.addEventListener("click", (event) => {
  if (!video) return;
  const ask = event.target.closest("[data-ask]");
  if (ask) {
    if (!video.readyState) return; // not begun yet: the page's own moment is where it was left
    const address = new URL(ask.href);
    address.searchParams.set("at", Math.floor(video.currentTime));
    ask.href = address;
    return;
  }
  const stamp = event.target.closest("a.stamp[data-seek]");
  if (!stamp || new URL(stamp.href).pathname !== location.pathname) return;
  event.preventDefault(); // the player's own listener moves the play head
  document.getElementById("film")?.scrollIntoView({ block: "nearest" });
});
