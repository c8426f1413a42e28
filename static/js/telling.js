// What the server is told of watching: in order, and again where the network lost it. The server alone decides what counts.

const LOOK_AGAIN = 5000; // after a try that failed
const MARGIN = 25000; // the film stops that long before a silence would cost something
const SAME = 300; // ms of the film
const BRIEF = 3; // beats in a row after which the server is asked what has counted

export class Telling {
  // `film` gives the place in ms; `on` is told what comes: opened, reply, brief (a beat was taken), stopped, unheard
  // (silence goes on), heard again.
  constructor(config, csrf, film, on) {
    Object.assign(this, { config, csrf, film, on, session: null, busy: false, opening: false, away: false, held: false });
    this.told = config.position; // up to where the server has heard
    this.briefly = 0; // how many more beats need not hear what has counted
    this.#forget();
  }

  // -- what was watched since the last beat

  #forget() {
    this.played = this.unseen = false;
    this.start = null; // where it went on after a jump
  }

  watched({ hidden }) {
    this.played = true;
    this.unseen ||= hidden;
  }

  jumped(to) {
    if (this.session) this.start = to;
  }

  // A lid may be shut in between: then one of the two clocks has stood still.
  get quiet() {
    return Math.max(performance.now() - this.heard.tick, Date.now() - this.heard.clock);
  }

  get untold() {
    return this.away && this.played;
  }

  get isDue() {
    return this.session && this.quiet > this.session.min_gap_ms;
  }

  #hear() {
    this.heard = { tick: performance.now(), clock: Date.now() };
  }

  // -- sending: everything goes through here, and what goes with every message is said here

  #headers() {
    return { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
  }

  #send(address, data, more = {}) {
    return fetch(address, { method: "POST", headers: this.#headers(), body: JSON.stringify(data), ...more });
  }

  async post(address, data) {
    const ask = () => this.#send(address, data, { signal: AbortSignal.timeout(10000) });
    let response = await ask();
    if (response.status === 403) {
      await this.#renew();
      response = await ask();
    }
    if (response.status >= 500) throw new Error(response.status);
    return { ok: response.ok, body: await response.json() };
  }

  // A new sign-in in this browser ends the page's token. The page, asked for once more, has the one that holds now.
  async #renew() {
    const reply = await fetch(location.pathname, { signal: AbortSignal.timeout(10000) });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    this.csrf = page.querySelector("[name=csrfmiddlewaretoken]")?.value ?? this.csrf;
  }

  answer(data) {
    return this.post(`${this.session.address}answer/`, data);
  }

  moreTime(number) {
    return this.post(`${this.session.address}more-time/`, { number });
  }

  // An answer begins a stretch of its own; until then nothing that moved counts.
  answered(reply) {
    this.briefly = 0;
    this.#forget();
    this.#take(reply);
    this.later();
  }

  // -- a session

  async open() {
    if (this.session || this.opening || !this.config.counts) return;
    this.opening = true;
    clearTimeout(this.timer);
    const { open, enrolment, lesson } = this.config;
    const place = this.resumes ? {} : { position: this.film.place() }; // else: where the server left off
    const answer = await this.post(open, { enrolment, lesson, ...place }).catch(() => null);
    this.opening = false;
    if (!answer) {
      this.on.unopened();
      this.timer = setTimeout(() => this.open(), LOOK_AGAIN);
      return;
    }
    const { ok, body } = answer;
    if (!ok) return this.stop(body.detail);
    this.resumes = false;
    this.session = { ...body, address: `${open}${body.session}/` };
    this.briefly = 0;
    this.#forget();
    this.#take(body);
    this.on.opened(body);
    this.later();
  }

  #take(reply) {
    ({ seq: this.seq, nonce: this.nonce, position: this.told } = reply);
    this.#hear();
  }

  stop(detail, again = false) {
    this.session = null;
    clearTimeout(this.timer);
    this.#quieten();
    this.on.stopped(detail, again);
  }

  later(wait = this.session?.beat_ms) {
    clearTimeout(this.timer);
    if (this.session) this.timer = setTimeout(() => this.beat(), wait);
  }

  // As soon as the server takes another beat: after a pause, a jump, or when the page goes to the background.
  soon() {
    if (this.session && this.played) this.later(Math.max(0, this.session.min_gap_ms + 50 - this.quiet));
  }

  // -- a beat

  // What stood still did not move, even if the film has just begun to: the next beat tells of that.
  #message(place) {
    const { seq, nonce, played: playing, unseen, start } = this;
    const position = playing ? place : (start ?? this.told);
    return { seq: seq + 1, nonce, position, playing, visible: !unseen, start, rate: this.film.rate() };
  }

  // While the film only plays on, a short answer is enough.
  #brief({ playing, visible, start, rate }) {
    return this.briefly > 0 && playing && visible && start === null && rate === 100 && !this.away && !this.film.stands();
  }

  // While nothing was heard a beat goes out even if the film stands still: it asks whether the connection is back.
  async beat(position = this.film.place()) {
    if (!this.session || this.busy || this.held) return;
    clearTimeout(this.timer);
    if (!this.played && !this.away && this.film.stands()) return;
    this.busy = true;
    const { session } = this;
    const sent = this.#message(position);
    sent.brief = this.#brief(sent);
    this.#forget();
    const answer = await this.post(`${session.address}beats/`, sent).catch(() => null);
    this.busy = false;
    if (session !== this.session) return; // the page was left in between, and came back
    if (!answer) {
      this.#again(sent);
      this.silent();
    } else if (answer.ok) this.#heardOf(sent, answer.body);
    else this.#refused(answer.body, sent);
  }

  #again({ playing, visible, start }) {
    this.played ||= playing;
    this.unseen ||= playing && !visible;
    this.start = start ?? this.start;
  }

  #heardOf(sent, reply) {
    const before = this.told;
    const wasAway = this.away;
    // A stored reply answers an earlier try: what came after it is still to be told.
    if (Math.abs(reply.position - sent.position) > SAME) this.#again(sent);
    this.#take(reply);
    this.#quieten();
    this.later();
    if (reply.spans) {
      this.briefly = reply.reason || reply.check ? 0 : BRIEF;
      this.on.reply(reply);
    } else {
      this.briefly -= 1;
      this.on.brief(reply);
    }
    const lost = reply.reason?.code === "gap" && sent.playing && reply.position > before + SAME;
    if (lost) this.on.lost(before);
    else if (wasAway) this.on.back(reply.position);
  }

  #refused(body, sent) {
    if (body.code === "beat_too_soon") {
      this.#again(sent);
      this.later(this.session.min_gap_ms);
    } else if (["beat_out_of_order", "session_silent", "session_left", "not_found"].includes(body.code)) {
      // Not found: somebody has signed in anew in this browser. The film goes back to where the server last heard of it.
      this.resumes ||= body.code === "not_found";
      this.session = null;
      this.#quieten();
      this.open();
    } else this.stop(body.detail ?? "", body.code === "session_taken_over");
  }

  // -- without a connection

  // The server takes a silence of `max_gap_ms` without a loss. Told every second how much of it is left.
  silent() {
    if (!this.session || this.held) return; // a question that is open says so itself, and its clock stands
    if (!this.away) {
      this.away = true;
      this.ticking = setInterval(() => this.#tick(), 1000);
      this.#tick();
    }
    this.later(LOOK_AGAIN);
  }

  #tick() {
    const most = this.session.max_gap_ms;
    const left = most - this.quiet;
    if (left <= 0 && this.played) {
      this.#forget();
      this.on.lost(this.told);
    }
    this.on.unheard({ left, most, pause: left < Math.min(MARGIN, most / 4), lost: left <= 0 });
  }

  #quieten() {
    this.away = false;
    clearInterval(this.ticking);
  }

  // -- leaving

  // The last beat and the end of the session, sent while the page goes; what does not arrive costs one beat at most.
  leave() {
    if (!this.session) return;
    const last = { keepalive: true };
    const { address } = this.session;
    const sayIt = this.played && !this.busy && !this.held && !this.away && this.isDue;
    if (sayIt) this.#send(`${address}beats/`, this.#message(this.film.place()), last).catch(() => {});
    this.#send(`${address}close/`, {}, last).catch(() => {});
  }

  // The page came back from the browser's memory: its session was closed when it went, and the server knows the place.
  forget() {
    clearTimeout(this.timer);
    this.#quieten();
    this.#forget();
    this.session = null;
    this.resumes = true;
  }
}
