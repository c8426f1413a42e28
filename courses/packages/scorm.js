/* The answer of the portal to a SCORM package, inside the package's own sandbox.
 *
 * A package asks at once and waits for nothing, so its memory lies here: in window.name, which the portal's page fills
 * before the frame opens and which stays from page to page of the frame. Each change is told to the portal's page, which
 * alone can store it. The time that a package claims is passed on beside that, with the number of its run: a package
 * that begins anew begins its own clock anew. What counts of it the server decides.
 */
(() => {
  "use strict";
  if (window.parent === window || window.parent !== window.top) return;
  const portal = window.parent;
  const MOST = { "cmi.suspend_data": 64000, "cmi.core.lesson_location": 255, "cmi.location": 1000 };
  const OTHERWISE = 4000;
  const MOST_ENTRIES = 2000;
  const TIME = /(session_time|total_time|latency)$/;
  const STATUSES = {
    "cmi.core.lesson_status": ["passed", "completed", "failed", "incomplete", "browsed", "not attempted"],
    "cmi.completion_status": ["completed", "incomplete", "not attempted", "unknown"],
    "cmi.success_status": ["passed", "failed", "unknown"],
  };
  const READ_ONLY = /(_children|_count|_version|student_id|student_name|learner_id|learner_name|credit|entry|launch_data|lesson_mode|mode|total_time)$/;

  let kept = {};
  try {
    const told = JSON.parse(window.name || "{}");
    if (told && typeof told === "object") kept = told;
  } catch { /* somebody else's name */ }
  const values = new Map(Object.entries(kept.values || {}));
  const about = kept.about || {};
  const SPENT = /^cmi\.(core\.)?session_time$/;
  const LONGEST_TIME = 40;
  let spent = {};

  // What a sandbox has not: a store of its own. Packages that expect one go on with a short memory.
  for (const name of ["localStorage", "sessionStorage"]) {
    const rows = new Map();
    const store = {
      getItem: (key) => (rows.has(String(key)) ? rows.get(String(key)) : null),
      setItem: (key, value) => void rows.set(String(key), String(value)),
      removeItem: (key) => void rows.delete(String(key)),
      clear: () => rows.clear(),
      key: (place) => [...rows.keys()][place] ?? null,
      get length() { return rows.size; },
    };
    try { Object.defineProperty(window, name, { value: store, configurable: true }); } catch { /* goes on without */ }
  }
  try {
    let jar = "";
    Object.defineProperty(document, "cookie", { get: () => jar, set: (text) => { jar = String(text).split(";")[0]; } });
  } catch { /* goes on without */ }

  function tell(kind) {
    about.last = kind;
    window.name = JSON.stringify({ values: Object.fromEntries(values), about });
    const told = {};
    for (const name of [
      "cmi.core.lesson_status", "cmi.core.lesson_location", "cmi.core.score.raw", "cmi.suspend_data",
      "cmi.completion_status", "cmi.success_status", "cmi.location", "cmi.score.raw", "cmi.score.scaled",
    ]) if (values.has(name)) told[name] = values.get(name);
    portal.postMessage({ zhixun: "scorm", kind, told, time: { run: about.run ?? 0, told: spent } }, "*");
  }

  function api(is2004) {
    const NO_ERROR = "0";
    const codes = is2004
      ? { before: "122", after: "123", unknown: "401", readOnly: "404", type: "406", long: "407", none: "403", again: "103" }
      : { before: "301", after: "301", unknown: "401", readOnly: "403", type: "405", long: "405", none: "0", again: "101" };
    let state = "closed", error = NO_ERROR;
    const done = (code, answer) => { error = code; return answer; };

    function initialise() {
      if (state === "open") return done(codes.again, "false");
      state = "open";
      about.run = (about.run ?? -1) + 1;
      spent = {};
      tell("opened");
      return done(NO_ERROR, "true");
    }
    function finish() {
      if (state !== "open") return done(codes.before, "false");
      state = "closed";
      tell("finished");
      return done(NO_ERROR, "true");
    }
    function counted(name) {
      const stem = name.slice(0, -"_count".length);
      const places = new Set();
      for (const key of values.keys()) if (key.startsWith(stem)) places.add(key.slice(stem.length).split(".")[0]);
      return String([...places].filter((part) => /^\d+$/.test(part)).length);
    }
    function get(given) {
      const name = String(given);
      if (state !== "open") return done(codes.before, "");
      if (!/^(cmi|adl)\./.test(name)) return done(codes.unknown, "");
      if (TIME.test(name)) return done(NO_ERROR, is2004 ? "PT0H0M0S" : "0000:00:00.00");
      if (/\._count$/.test(name)) return done(NO_ERROR, counted(name));
      const fixed = {
        "cmi._version": is2004 ? "1.0" : "3.4",
        "cmi.core.student_id": about.id, "cmi.learner_id": about.id,
        "cmi.core.student_name": about.name, "cmi.learner_name": about.name,
        "cmi.core.credit": "no-credit", "cmi.credit": "no-credit",
        "cmi.core.lesson_mode": "normal", "cmi.mode": "normal",
        "cmi.core.entry": about.resumes ? "resume" : "ab-initio", "cmi.entry": about.resumes ? "resume" : "ab-initio",
        "cmi.launch_data": "", "cmi.comments_from_lms": "",
        "cmi.core._children": "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
        "cmi.core.score._children": "raw,min,max", "cmi.score._children": "scaled,raw,min,max",
      };
      if (name in fixed) return done(NO_ERROR, String(fixed[name] ?? ""));
      if (values.has(name)) return done(NO_ERROR, values.get(name));
      if (name === "cmi.core.lesson_status") return done(NO_ERROR, "not attempted");
      if (name === "cmi.completion_status" || name === "cmi.success_status") return done(NO_ERROR, "unknown");
      return done(codes.none, "");
    }
    function set(given, value) {
      const name = String(given), text = String(value ?? "");
      if (state !== "open") return done(codes.before, "false");
      if (!/^(cmi|adl)\.[\w.]{1,200}$/.test(name)) return done(codes.unknown, "false");
      if (TIME.test(name) && !/total_time$/.test(name)) {
        if (SPENT.test(name)) {
          spent = { [name]: text.slice(0, LONGEST_TIME) };
          tell("set");
        }
        return done(NO_ERROR, "true");
      }
      if (READ_ONLY.test(name)) return done(codes.readOnly, "false");
      if (name in STATUSES && !STATUSES[name].includes(text)) return done(codes.type, "false");
      if (text.length > (MOST[name] ?? OTHERWISE)) return done(codes.long, "false");
      // halves of characters and zero bytes can be stored nowhere: better told than lost
      if (text.includes("\0") || text !== (text.toWellFormed?.() ?? text)) return done(codes.type, "false");
      if (!values.has(name) && values.size >= MOST_ENTRIES) return done(codes.long, "false");
      values.set(name, text);
      tell("set");
      return done(NO_ERROR, "true");
    }
    function commit() {
      if (state !== "open") return done(codes.before, "false");
      tell("commit");
      return done(NO_ERROR, "true");
    }
    const told = () => error;
    const word = (code) => (String(code) === NO_ERROR ? "No error" : `Error ${code}`);
    return is2004
      ? { Initialize: initialise, Terminate: finish, GetValue: get, SetValue: set, Commit: commit, GetLastError: told, GetErrorString: word, GetDiagnostic: word }
      : { LMSInitialize: initialise, LMSFinish: finish, LMSGetValue: get, LMSSetValue: set, LMSCommit: commit, LMSGetLastError: told, LMSGetErrorString: word, LMSGetDiagnostic: word };
  }

  const API = api(false), API_1484_11 = api(true);
  window.API = API;
  window.API_1484_11 = API_1484_11;
  // Packages look for the API in the windows above them; the real one is another origin and would only throw.
  const above = { API, API_1484_11, get parent() { return above; }, get top() { return above; }, opener: null };
  try { Object.defineProperty(window, "parent", { value: above, configurable: true }); } catch { /* found in its own window */ }
  // On a slow line the portal's page may hear only after a package has spoken: then it asks what was said last.
  // Most packages say their time only while they are closed. Before the portal's page closes this one it asks for that
  // last word: what is said by a page on its way out reaches nobody.
  addEventListener("message", (event) => {
    if (event.source !== portal) return;
    if (event.data?.zhixun === "again" && about.last) tell(about.last);
    if (event.data?.zhixun !== "leave") return;
    for (const name of ["beforeunload", "pagehide", "unload"]) {
      try { dispatchEvent(new Event(name)); } catch { /* the package's own trouble */ }
    }
    tell("left");
  });
  portal.postMessage({ zhixun: "scorm", kind: "ready", told: {} }, "*");
})();
