// Questions that stand in the film: it stops there and asks. For the learner alone; nothing of it counts.

const STRIDE = 2; // seconds; who jumps over a moment is not asked

export class Pins {
  // `stopFor` pauses the film for a question; `post` asks the server whether an answer is right.
  constructor(video, pins, { stopFor, post }) {
    Object.assign(this, { video, stopFor, post, left: [...pins] });
    this.dialog = document.getElementById("pin");
    if (!this.dialog) return;
    for (const pin of pins) {
      const form = document.getElementById(pin.form);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#reply(form, pin.try);
      });
    }
    this.dialog.querySelector("[data-on]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.#goOn());
  }

  get open() {
    return Boolean(this.dialog?.open);
  }

  pass(before, now) {
    if (!this.dialog || now < before || now - before > STRIDE || this.open) return;
    const pin = this.left.find(({ moment }) => before < moment && moment <= now);
    if (pin) this.#ask(pin);
  }

  // The form of the list is lent to the dialog, with what was chosen in it.
  #ask(pin) {
    this.left = this.left.filter((other) => other !== pin);
    this.stopFor();
    const form = document.getElementById(pin.form);
    this.home = { form, before: form.nextSibling, parent: form.parentNode };
    this.dialog.querySelector("[data-here]").append(form);
    this.dialog.showModal();
    form.querySelector("input:not([type=hidden])").focus();
  }

  #goOn() {
    const { form, before, parent } = this.home;
    parent.insertBefore(form, before);
    this.video.play().catch(() => {});
  }

  async #reply(form, address) {
    const result = form.querySelector("[data-result]");
    const words = result.dataset;
    const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
    let told = { text: words.none, right: false };
    if (chosen.length) {
      try {
        const { ok, body } = await this.post(address, { chosen });
        told = ok ? { text: body.right ? `${words.right} ${body.why}` : words.wrong, right: body.right } : { text: body.detail, right: false };
      } catch {
        told = { text: words.trouble, right: false };
      }
    }
    result.hidden = false;
    result.classList.toggle("note--ok", told.right);
    result.classList.toggle("note--wait", !told.right);
    result.textContent = told.text;
    if (told.right && this.open) this.dialog.querySelector("[data-on]").focus();
    delete form.dataset.sent;
  }
}
