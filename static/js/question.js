// The presence check: a modal question with time to answer it, by keyboard and screen reader.

export class Question {
  // `send` and `extend` talk to the server and may fail; `done` gets the server's answer.
  constructor(dialog, { send, extend, done }) {
    Object.assign(this, { dialog, send, extend, done, asked: null });
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.reply();
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.part("more").addEventListener("click", () => this.wait());
  }

  get open() {
    return this.asked !== null;
  }

  part(name) {
    return this.dialog.querySelector(`[data-${name}]`);
  }

  ask(check) {
    const again = this.asked?.number === check.number;
    this.asked = { ...check, ends: performance.now() + check.seconds * 1000 };
    this.part("questions").replaceChildren(...check.questions.map(fieldset));
    this.part("here").hidden = check.questions.length > 0;
    this.part("answer").hidden = check.questions.length === 0;
    this.part("trouble").hidden = true;
    if (!this.dialog.open) this.dialog.showModal();
    if (!again) this.tick();
  }

  tick() {
    if (!this.asked) return;
    const left = Math.max(0, Math.ceil((this.asked.ends - performance.now()) / 1000));
    const said = this.part("said");
    this.part("left").textContent = left;
    if (left === 30 || left === 10) said.textContent = `${left} ${said.dataset.words}`;
    if (left === 0) this.reply(true);
    else setTimeout(() => this.tick(), 500);
  }

  async wait() {
    const { ok, body } = await this.extend(this.asked.number).catch(() => ({}));
    if (ok && this.asked) this.asked.ends = performance.now() + body.seconds * 1000;
  }

  async reply(late = false) {
    if (!this.asked || this.sending) return;
    const { number, questions } = this.asked;
    const answers = {};
    for (const box of this.dialog.querySelectorAll("input:checked")) (answers[box.name] ??= []).push(box.value);
    const open = questions.find(({ id }) => !answers[id]);
    if (open && !late) return this.dialog.querySelector(`[name="${open.id}"]`).focus();
    this.sending = true;
    try {
      const answer = await this.send({ number, answers, here: !late });
      this.asked = null;
      this.dialog.close();
      this.done(answer);
    } catch {
      this.part("trouble").hidden = false;
      if (late) setTimeout(() => this.reply(true), 3000);
    } finally {
      this.sending = false;
    }
  }
}

function fieldset({ id, kind, stem, options }) {
  const set = document.createElement("fieldset");
  const legend = set.appendChild(document.createElement("legend"));
  legend.textContent = stem;
  legend.className = "strong";
  for (const { key, text } of options) {
    const label = set.appendChild(document.createElement("label"));
    label.className = "option";
    const box = label.appendChild(document.createElement("input"));
    Object.assign(box, { type: kind === "multiple" ? "checkbox" : "radio", name: String(id), value: key });
    label.appendChild(document.createElement("b")).textContent = key;
    label.appendChild(document.createElement("span")).textContent = text;
  }
  return set;
}
