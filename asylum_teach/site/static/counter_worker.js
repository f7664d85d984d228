// The counter: Python in the browser, and what this browser keeps.  It serves one page, or all tabs.
//
// One transaction holds each question from first to last.  So two pages never give an answer the
// same place, and what is told as saved is saved.
"use strict";
const PYODIDE = new URL(`../${location.hash.slice(1)}/`, location.href).href;
const UNKEPT = {
  status: 503,
  text: JSON.stringify({
    problem: "Not saved yet: this browser has no room left for this site, or keeps nothing for it now. It is tried again by itself.",
    kind: "full",
  }),
};
let era = null; // until a page erases everything

async function opened() {
  const kit = bytes("kit.zip");
  importScripts(PYODIDE + "pyodide.js");
  const [pyodide, packed] = await Promise.all([loadPyodide({ indexURL: PYODIDE }), kit]);
  pyodide.unpackArchive(packed, "zip", { extractDir: "/kit" });
  return pyodide.runPython("import sys; sys.path.insert(0, '/kit'); from asylum_teach.counter import opened; opened('/kit/bundle.json')");
}

async function bytes(name) {
  const answer = await fetch(new URL(name, location.href));
  if (!answer.ok) throw new Error(answer.status);
  return answer.arrayBuffer();
}

// What this browser keeps; null where it keeps nothing, which the page is told.
function kept() {
  return new Promise((done) => {
    try {
      const opening = indexedDB.open("asylum-teach", 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("attempts", { keyPath: "serial" });
        opening.result.createObjectStore("era");
      };
      opening.onsuccess = () => {
        opening.result.onclose = () => (base = null); // somebody cleared what browsers keep
        done(opening.result);
      };
      opening.onerror = opening.onblocked = () => {
        base = null;
        done(null);
      };
    } catch (_) {
      done(null);
    }
  });
}

// Each is made once; what failed, or was closed, is made again at the next question.
let python = null, base = null;
function loaded() {
  python ??= opened().catch((error) => {
    python = null;
    throw error;
  });
  base ??= kept();
  return Promise.all([python, base]);
}

async function answer(asked) {
  const [counter, database] = await loaded();
  const tell = (rows) => JSON.parse(counter.ask(asked.method, asked.path, asked.body, asked.base, JSON.stringify(rows)));
  return database ? within(database, counter, tell) : { ...tell([]), kept: false };
}

function within(database, counter, tell) {
  return new Promise((done) => {
    const all = database.transaction(["attempts", "era"], "readwrite");
    const attempts = all.objectStore("attempts"), eras = all.objectStore("era");
    let told = null;
    const settle = (answer) => {
      database.removeEventListener("close", lost);
      done(answer);
    };
    const lost = () => {
      counter.forget();
      settle(UNKEPT);
    };
    all.oncomplete = () => settle(told);
    all.onabort = lost;
    // Where somebody clears what browsers keep, a transaction begun just then never ends.
    database.addEventListener("close", lost);
    eras.get("now").onsuccess = (event) => {
      const now = event.target.result ?? begin(eras);
      if (now !== era) counter.forget();
      era = now;
      attempts.getAll(IDBKeyRange.lowerBound(counter.last(), true)).onsuccess = (found) => {
        told = tell(found.target.result.map((row) => row.text));
        if (told.erased) {
          attempts.clear();
          era = begin(eras);
        }
        for (const row of told.rows) attempts.put(row);
      };
    };
  });
}

function begin(eras) {
  const made = String(Math.random());
  eras.put(made, "now");
  return made;
}

// Held as long as this worker lives: a browser that is short of memory may end it without a word.
// A page that waits for the lock gets it then.  Where the address is not secure, there are no locks.
const held = new Promise((done) => {
  const name = `asylum-teach ${Math.random()}`;
  navigator.locks?.request(name, () => {
    done(name);
    return new Promise(() => {});
  });
});

// One after another: Python answers one question at a time.
let last = Promise.resolve();
function serve(page) {
  page.onmessage = ({ data }) => {
    last = last.then(() => answer(data)).then(
      ({ status, text, kept = true }) => page.postMessage({ n: data.n, status, text, kept }),
      () => page.postMessage({ n: data.n, broken: true }),
    );
  };
  held.then((lock) => page.postMessage({ lock }));
  loaded().then(() => page.postMessage({ ready: true }), () => {});
}

if ("SharedWorkerGlobalScope" in self) onconnect = ({ ports: [page] }) => serve(page);
else serve(self);
