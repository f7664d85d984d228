// A site without a server: what a page would ask of a server is answered here, by the same Python,
// in a worker of this page.  Asking loads it; a page with questions does so before they are answered.
(function () {
  "use strict";
  const FIRST = 1200; // milliseconds until a learner who waits is told why
  const LOADING = "The part of this site that checks answers is still loading. That takes some seconds, the first time more.";
  const FILE = "This page was opened as a file. It can be read, but questions can be answered only when it comes from a web address. " +
    "On your own computer: run “python -m http.server” in the folder of the site, and open localhost:8000 here.";
  const OLD = "This browser cannot check answers: it is old, or WebAssembly is switched off in it. The text can be read. " +
    "To answer questions, use a current Firefox, Chrome, Edge or Safari.";
  const here = document.currentScript.src;
  const { base, pyodide } = document.documentElement.dataset;
  const missing = location.protocol === "file:" ? FILE : window.Worker && window.WebAssembly && "indexedDB" in window ? "" : OLD;
  const waiting = new Map(); // by number: what a page waits for
  let counter = null, ready = false, asked = 0, keeping = true;

  function begin() {
    if (counter) return;
    const script = new URL(`counter_worker.js#${pyodide}`, here);
    counter = shared(script) ?? new Worker(script);
    counter.onerror = unreached;
    const current = counter;
    counter.onmessage = ({ data }) => {
      if (data.lock) return navigator.locks.request(data.lock, { mode: "shared" }, () => counter === current && lost());
      if (data.ready) return (ready = true);
      waiting.get(data.n)?.(data);
      waiting.delete(data.n);
    };
  }

  // One counter for all tabs, which outlives a page by some seconds where a browser knows how to:
  // the next page then finds it loaded.
  function shared(script) {
    try {
      const worker = new SharedWorker(script, { name: "asylum-teach", extendedLifetime: true });
      worker.onerror = unreached;
      return worker.port;
    } catch (_) {
      return null; // not known to this browser, or refused by it
    }
  }

  // Its script could not be loaded.
  function unreached(event) {
    event.preventDefault();
    lost();
  }

  // The next question tries again.
  function lost() {
    counter = null;
    ready = false;
    for (const done of waiting.values()) done({ broken: true });
    waiting.clear();
  }

  // Resolves with { status, text } as a server would answer; rejects where Python cannot be loaded.
  async function ask(method, path, body = "") {
    if (missing) return { status: 501, text: JSON.stringify({ problem: missing }) };
    begin();
    asked += 1;
    const n = asked;
    const told = await new Promise((done) => {
      waiting.set(n, done);
      counter.postMessage({ n, method, path, body, base });
    });
    if (told.broken) throw new TypeError("no connection");
    keeping = told.kept;
    return told;
  }

  // Tell a learner who waits while it loads.
  function whileLoading(tell) {
    if (!ready && !missing) setTimeout(() => ready || tell(LOADING), FIRST);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!missing) return;
    const note = document.createElement("p");
    note.className = "broken";
    note.setAttribute("role", "alert");
    note.textContent = missing;
    document.getElementById("content").prepend(note);
  });

  globalThis.asylumTeachCounter = { ask, begin: () => missing || begin(), whileLoading, keeps: () => keeping };
})();
