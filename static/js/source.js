// Where a film comes from: its ladder by hls.js or by the browser itself, else the plain MP4 that the page names.
// Nothing is fetched before it is played.

const HLS = "application/vnd.apple.mpegurl";
const AHEAD = 30; // seconds to have in hand
const AHEAD_SAVING = 12;

export class Source {
  constructor(video) {
    this.video = video;
    this.byScript = Boolean(globalThis.Hls?.isSupported());
    this.able = this.byScript || Boolean(video.canPlayType(HLS));
    this.bytes = 0; // fetched by script
    this.saves = false; // the smallest picture and no more
  }

  // `from`: the second at which it begins; `now`: without waiting for somebody to press play.
  load(address, { from = 0, now = false } = {}) {
    if (this.byScript) this.#attach(address, from, now);
    else if (this.able) {
      this.video.src = address;
      if (now) this.video.load();
    }
  }

  save(saves) {
    this.saves = saves;
    if (!this.hls) return;
    this.hls.autoLevelCapping = saves ? 0 : -1;
    this.hls.config.maxBufferLength = saves ? AHEAD_SAVING : AHEAD;
    if (saves) this.hls.nextLevel = 0;
    else this.hls.nextLevel = -1;
  }

  #attach(address, from, now) {
    this.hls?.destroy();
    const hls = new globalThis.Hls({
      enableWorker: false,
      startLevel: 0,
      capLevelToPlayerSize: true,
      autoStartLoad: false,
      maxBufferLength: this.saves ? AHEAD_SAVING : AHEAD,
    });
    this.hls = hls;
    hls.on("hlsError", (_event, { fatal, type }) => fatal && this.#mend(type));
    hls.on("hlsFragLoaded", (_event, { frag }) => (this.bytes += frag.stats.loaded));
    hls.on("hlsManifestParsed", () => {
      if (this.saves) this.save(true);
      const start = () => this.hls === hls && hls.startLoad(from || -1);
      if (now || !this.video.paused) start();
      else this.video.addEventListener("play", start, { once: true });
    });
    hls.loadSource(address);
    hls.attachMedia(this.video);
  }

  // A broken piece is skipped once; after that, and where the ladder cannot be had, the plain film goes on in its place.
  #mend(type) {
    if (type === "networkError" && (!navigator.onLine || this.video.readyState > 0)) {
      setTimeout(() => this.hls.startLoad(), 3000);
      return;
    }
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
