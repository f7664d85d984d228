// A site without a server: what a page would ask of a server is answered here, by the same Python,
// in a worker of this page.  Asking loads it; a page with questions does so before they are answered.
(function () {
  "use strict";
  const FIRST = 1200; // milliseconds until a learner who waits is told why
  const LOADING = "The part of this site that checks answers is still loading. That takes some seconds, the first time more.";
  const FILE = "This page was opened as a file. It can be read, but questions can be answered only when it comes from a web address. " +
    "On your own computer: run “python -m http.server” in the folder of the site, and open http://localhost:8000.";
  const OLD = "This browser cannot check answers: it is old, or WebAssembly is switched off in it. The text can be read. " +
    "To answer questions, use a current Firefox, Chrome, Edge or Safari.";
  const here = document.currentScript.src;
  const { base, pyodide } = document.documentElement.dataset;
  const missing = location.protocol === "file:" ? FILE : window.Worker && window.WebAssembly && "indexedDB" in window ? "" : OLD;
  const waiting = new Map(); // by number: what a page waits for
  let worker = null, ready = false, asked = 0;

  function begin() {
    if (worker) return;
    worker = new Worker(new URL(`counter_worker.js#${pyodide}`, here));
    worker.addEventListener("message", ({ data }) => {
      if (data.ready) return (ready = true);
      waiting.get(data.n)?.done(data);
      waiting.delete(data.n);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      broken();
    });
  }

  // It could not be loaded.  The next question tries again.
  function broken() {
    worker.terminate();
    worker = null;
    ready = false;
    for (const { fail } of waiting.values()) fail(new TypeError("no connection"));
    waiting.clear();
  }

  // Resolves with { status, text } as a server would answer; rejects where the counter cannot be loaded.
  function ask(method, path, body = "") {
    if (missing) return Promise.resolve({ status: 501, text: JSON.stringify({ problem: missing }) });
    begin();
    asked += 1;
    const n = asked;
    return new Promise((done, fail) => {
      waiting.set(n, { done, fail });
      worker.postMessage({ n, method, path, body, base });
    }).then((told) => {
      if (told.broken) broken();
      if (told.broken) throw new TypeError("no connection");
      return told;
    });
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

  globalThis.asylumTeachCounter = { ask, begin: () => missing || begin(), whileLoading };
})();
