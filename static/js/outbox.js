// Answers of an exam on their way to the server. Each has a key of its own and is kept in the browser until the server
// has acknowledged it: through a lost network, a reload and in every tab. The server knows a key it has seen before.

const PATIENCE = 10_000;
const PAUSE = 3_000;
// Not a word about the answer itself: signed out, too many at once, too slow.
const LATER = new Set([401, 403, 408, 429]);

const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

// A browser that keeps nothing still remembers for as long as the page is open.
function shelfOf(kept) {
  try {
    const shelf = globalThis[kept];
    shelf.setItem("exam", "");
    shelf.removeItem("exam");
    return shelf;
  } catch {
    const rows = new Map();
    return {
      getItem: (name) => rows.get(name) ?? null,
      setItem: (name, text) => rows.set(name, text),
      removeItem: (name) => rows.delete(name),
    };
  }
}

const shelf = shelfOf("localStorage");
// What this tab alone needs to know, and forgets when it is closed.
const memory = shelfOf("sessionStorage");

export class Outbox extends EventTarget {
  #flying = null;
  #again = 0;
  // Keys of what this page has shown: only these tell it which answer it has seen.
  #mine = new Set();
  #others = null;

  // `name` is one for all pages of an attempt. Of each address at most two answers lie here: `sent`, whose fate is not
  // known yet, and `next`, which goes once it is.
  constructor(name, token) {
    super();
    this.name = name;
    this.token = token;
    addEventListener("online", () => this.flush());
    if (globalThis.BroadcastChannel) {
      this.#others = new BroadcastChannel(name);
      this.#others.addEventListener("message", ({ data }) => this.#tell(data));
    }
  }

  #read() {
    try {
      return JSON.parse(shelf.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  #change(address, row) {
    const all = this.#read();
    if (row.sent || row.next) all[address] = row;
    else delete all[address];
    if (Object.keys(all).length) shelf.setItem(this.name, JSON.stringify(all));
    else shelf.removeItem(this.name);
  }

  of(address) {
    return this.#read()[address] ?? {};
  }

  get addresses() {
    return Object.keys(this.#read());
  }

  get isEmpty() {
    return !this.addresses.length;
  }

  // The answer that counts once everything is through, or undefined. From now on this page shows it.
  claim(address) {
    const { sent, next } = this.of(address);
    for (const one of [sent, next]) if (one) this.#mine.add(one.key);
    return (next ?? sent)?.chosen;
  }

  // The answer that was acknowledged last, { chosen, seq }, if the server made the page before it arrived and so does not
  // know it: its `seen` is older. A page that is asked for while an answer is on its way may be overtaken.
  missed(address, seen) {
    const last = JSON.parse(memory.getItem(this.name));
    return last?.address === address && last.seq > seen ? last : null;
  }

  // `seen` is the number of the answer that the page showed; `after` the key of one still under way that it showed too.
  put(address, chosen, seen) {
    const key = fresh();
    const { sent } = this.of(address);
    const after = sent && this.#mine.has(sent.key) ? sent.key : null;
    this.#mine.add(key);
    this.#change(address, { sent, next: { chosen, seen, key, after } });
    this.flush();
  }

  // Sends what lies here; true once nothing does.
  flush() {
    clearTimeout(this.#again);
    this.#flying ??= this.#all().finally(() => {
      this.#flying = null;
    });
    return this.#flying;
  }

  async #all() {
    for (let address; (address = this.addresses[0]); ) {
      // One tab at a time, so that two do not send one after the other what only one of them knows to be acknowledged.
      const go = () => this.#one(address);
      const through = await (navigator.locks ? navigator.locks.request(this.name, go) : go());
      if (through) continue;
      this.#again = setTimeout(() => this.flush(), PAUSE);
      return false;
    }
    return true;
  }

  async #one(address) {
    const row = this.of(address);
    const sent = row.sent ?? row.next;
    if (!sent) {
      this.#change(address, {});
      return true;
    }
    if (!row.sent) this.#change(address, { sent });
    this.#tell({ what: "sending", address, key: sent.key });
    let reply;
    let said = {};
    try {
      reply = await fetch(address, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ chosen: sent.chosen, seen: sent.seen, key: sent.key }),
        keepalive: true,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (reply.ok) said = await reply.json();
      else if (reply.status >= 500 || LATER.has(reply.status)) throw new Error(reply.status);
      else said = await reply.json().catch(() => ({}));
    } catch {
      this.#tell({ what: "waiting", address, key: sent.key });
      return false;
    }
    const now = this.of(address);
    // Another tab may have had the answer acknowledged in the meantime, and sent its own.
    if (now.sent && now.sent.key !== sent.key) return true;
    if (reply.ok) {
      // What a page that showed this has changed in the meantime follows what has just been stored.
      const { next } = now;
      memory.setItem(this.name, JSON.stringify({ address, chosen: sent.chosen, seq: said.seq }));
      this.#change(address, { next: next?.after === sent.key ? { ...next, seen: said.seq } : next });
      this.#tellAll({ what: "saved", address, key: sent.key, said });
    } else {
      // A rule refuses it: say the server's sentence, do not ask again.
      this.#change(address, {});
      this.#tellAll({ what: "refused", address, key: sent.key, said });
    }
    return true;
  }

  // Every page hears of what it showed itself, whichever page sent it.
  #tell({ what, address, key, said = {} }) {
    if (!this.#mine.has(key)) return;
    this.dispatchEvent(new CustomEvent(what, { detail: { address, said } }));
  }

  #tellAll(news) {
    this.#tell(news);
    this.#others?.postMessage(news);
  }
}
