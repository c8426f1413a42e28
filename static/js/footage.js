// Sends a film in parts (tus), over lost networks and closed pages. Without it the form sends the film whole.

const form = document.getElementById("send");
const words = document.getElementById("words").dataset;
const tus = globalThis.tus;

if (form && tus?.isSupported) {
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-sending]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const submit = form.querySelector("button[type=submit]");
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
  let upload = null;
  let running = false;

  const say = (text) => (part("status").textContent = text);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

  function show(sent, all) {
    box.hidden = false;
    box.querySelector("progress").value = (sent / all) * 100;
    part("figures").textContent = `${megabytes(sent)} / ${megabytes(all)}`;
  }

  function run(is) {
    running = is;
    part("pause").hidden = !is;
    part("go").hidden = is;
  }

  // What the author said, and by what the same file is known again.
  function told(file) {
    const said = { filename: file.name, fingerprint: print(file) };
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken" && value) said[name] = value;
    }
    for (const name of ["course", "lesson", "enrolment"]) {
      if (form.dataset[name]) said[name] = form.dataset[name];
    }
    return said;
  }

  const print = (file) => `${file.name}|${file.size}|${file.lastModified}`;

  function begun(file) {
    const rows = JSON.parse(document.getElementById("unfinished").textContent);
    return rows.find((row) => row.fingerprint === print(file));
  }

  function sentence(error) {
    try {
      return JSON.parse(error.originalResponse.getBody()).detail || words.failed;
    } catch {
      return words.failed;
    }
  }

  function start(file) {
    const earlier = begun(file);
    upload = new tus.Upload(file, {
      endpoint: form.dataset.send,
      uploadUrl: earlier ? `${form.dataset.send}${earlier.url}/` : null,
      metadata: told(file),
      headers: { "X-CSRFToken": csrf },
      chunkSize: Number(form.dataset.part) || 8 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
      storeFingerprintForResuming: false,
      onProgress: show,
      onSuccess() {
        run(false);
        part("go").hidden = true;
        say(words.done);
        location.assign(location.pathname);
      },
      onError(error) {
        run(false);
        submit.disabled = false;
        const reached = error.originalResponse !== undefined && error.originalResponse !== null;
        say(reached ? sentence(error) : words.offline);
      },
    });
    part("name").textContent = file.name;
    show(0, file.size);
    say(earlier ? words.resumed : words.sending);
    submit.disabled = true;
    run(true);
    upload.start();
  }

  function goOn() {
    if (!upload || running) return;
    say(words.sending);
    run(true);
    upload.start();
  }

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file || !file.size) return; // the server says what is wrong
    event.preventDefault();
    event.stopImmediatePropagation();
    start(file);
  }, { capture: true });
  part("pause").addEventListener("click", () => {
    upload?.abort();
    run(false);
    say(words.paused);
  });
  part("go").addEventListener("click", goOn);
  addEventListener("offline", () => running && say(words.offline));
  addEventListener("online", () => (running ? say(words.sending) : upload && goOn()));
  addEventListener("beforeunload", (event) => running && event.preventDefault());
}
