// Where a film comes from: its ladder by hls.js or by the browser itself, else the plain MP4 that the page names.

const HLS = "application/vnd.apple.mpegurl";

export class Source {
  constructor(video) {
    this.video = video;
    this.byScript = Boolean(globalThis.Hls?.isSupported());
    this.able = this.byScript || Boolean(video.canPlayType(HLS));
  }

  load(address) {
    if (this.byScript) this.#attach(address);
    else if (this.able) this.video.src = address;
  }

  #attach(address) {
    this.hls?.destroy();
    this.hls = new globalThis.Hls({ enableWorker: false, startLevel: 0, capLevelToPlayerSize: true });
    this.hls.on("hlsError", (_event, { fatal, type }) => fatal && this.#mend(type));
    this.hls.loadSource(address);
    this.hls.attachMedia(this.video);
  }

  // A broken piece is skipped once; after that, and where the ladder cannot be had, the plain film goes on in its place.
  #mend(type) {
    if (type === "mediaError" && !this.mended) {
      this.mended = true;
      this.hls.recoverMediaError();
      return;
    }
    const { currentTime, paused } = this.video;
    this.hls.destroy();
    this.video.removeAttribute("src");
    this.video.addEventListener("loadedmetadata", () => {
      this.video.currentTime = currentTime;
      if (!paused) this.video.play();
    }, { once: true });
    this.video.load();
  }
}
