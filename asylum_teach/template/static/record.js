// The learner's record, as every page uses it: who asks, answers sent until they are kept, and
// what was answered before.  The key is made here, kept by this browser, and sent to our own
// server alone.
(function () {
  "use strict";
  const KEY = "asylum-teach.key", KNOWN = "asylum-teach.known", OUTBOX = "asylum-teach.outbox.";
  const DRAFT = "asylum-teach.draft.";
  const PATIENCE = 8000, AGAIN = [1000, 2000, 4000]; // milliseconds; the last one from then on
  const base = document.documentElement.dataset.base || "/"; // where the site stands on its host
  const hub = document.documentElement.dataset.learner === "hub";
  const counter = globalThis.asylumTeachCounter; // where there is no server: answers in its place
  // Users of one browser share what it keeps of a hub's address: each has names of their own in it.
  const learner = hub ? cookie("asylum-teach-learner") : "";
  const mine = hub ? `@${learner}/` : "";
  const memory = new Map(); // what this browser does not keep: a private window, or storage refused
  let lasting = true;
  const UNKEPT = "This browser lets this site keep nothing: site data is blocked, or the window is private. You can reach " +
    "your answers only while their page is open. Allow site data for this address, or use another browser.";

  function cookie(name) {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? found.slice(name.length + 1) : "";
  }

  const store = {
    get(name) {
      if (memory.has(name)) return memory.get(name);
      try { return localStorage.getItem(mine + name); } catch (_) { return null; }
    },
    set(name, value) {
      try {
        localStorage.setItem(mine + name, value);
        memory.delete(name);
      } catch (_) {
        memory.set(name, value);
        lasting = false;
      }
    },
    remove(name) {
      memory.delete(name);
      try { localStorage.removeItem(mine + name); } catch (_) { lasting = false; }
    },
    names(start) {
      const found = new Set(memory.keys());
      try {
        for (const name of Object.keys(localStorage)) if (name.startsWith(mine)) found.add(name.slice(mine.length));
      } catch (_) { lasting = false; }
      return [...found].filter((name) => name.startsWith(start));
    },
  };

  store.set("asylum-teach.probe", "");
  store.remove("asylum-teach.probe");

  function text64(bytes) {
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function random(bytes) { return text64(crypto.getRandomValues(new Uint8Array(bytes))); }

  // Another tab may have made or erased the key meanwhile, so it is read each time.
  function key() {
    let found = store.get(KEY);
    if (!found) {
      found = random(32);
      store.set(KEY, found);
      store.remove(KNOWN);
    }
    return found;
  }

  class Refused extends Error {
    constructor(status, told) {
      super(told.problem || "Something went wrong on this site. Try again.");
      this.status = status;
      this.kind = told.kind || "";
    }
  }

  // At a hub cookies say who asks.  This goes with them: a token that no page of another user has, and
  // whose page this is, since somebody else may have signed in meanwhile.
  function proof() { return hub ? { "X-XSRFToken": cookie("_xsrf"), "X-Asylum-Teach-Learner": learner } : {}; }

  function whose(as) { return hub ? proof() : { Authorization: "Bearer " + (as || key()) }; }

  // Ask the server.  Throws Refused with a sentence, or TypeError when there is no connection.
  async function call(method, path, body, { raw = false, patient = false, as } = {}) {
    if (counter) {
      key(); // other tabs see by it when the record goes
      return heard(await counter.ask(method, path, body instanceof Blob ? await body.text() : JSON.stringify(body)), raw);
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), raw || patient ? 60000 : PATIENCE);
    try {
      const answer = await fetch(base + (path.startsWith("/") ? path.slice(1) : "record/" + path), {
        method,
        cache: "no-store",
        signal: stop.signal,
        headers: { ...whose(as), ...(method === "POST" ? { "Content-Type": "application/json" } : {}) },
        body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
      });
      if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
      return raw ? await answer.blob() : await answer.json();
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new TypeError("no connection");
    } finally {
      clearTimeout(timer);
    }
  }

  function heard({ status, text }, raw) {
    if (status >= 400) throw new Refused(status, JSON.parse(text));
    return raw ? new Blob([text], { type: "application/json" }) : JSON.parse(text);
  }

  // Whether this browser has a record at all: nothing is asked of the server before the first answer.
  // At a hub another browser may have begun it.
  function known() { return hub || store.get(KNOWN) === "yes"; }
  function nowKnown() { store.set(KNOWN, "yes"); }

  // --- Answers: kept in this browser until the server has them ---

  function pause(milliseconds) { return new Promise((done) => setTimeout(done, milliseconds)); }

  // Send an answer until it is kept; tell() says meanwhile why it is not.  Resolves with the feedback.
  async function answer(given, tell) {
    const sent = { ...given, id: given.id || random(16), lesson: lesson() };
    const name = OUTBOX + sent.id;
    store.set(name, JSON.stringify(sent));
    counter?.whileLoading(tell);
    for (let tried = 0; ; tried++) {
      try {
        const told = await call("POST", "answers", { ...sent, first: hub || !known() });
        store.remove(name);
        nowKnown();
        document.dispatchEvent(new CustomEvent("record-kept", { detail: { case: sent.case, item: sent.item } }));
        return told;
      } catch (error) {
        if (error.status === 401) await fresh(tell, error.message);
        else if (final(error)) {
          store.remove(name);
          return { problem: error.message, html: "", notice: "" };
        } else tell(unsent(error), null);
      }
      await pause(AGAIN[Math.min(tried, AGAIN.length - 1)]);
    }
  }

  // Whether it is of no use to send the same again.
  function final(error) { return error.status >= 400 && error.status < 500 && error.kind !== "signed-out"; }

  function unsent(error) {
    if (error instanceof Refused) return error.message;
    return "Not saved yet: there is no connection to this site. Your answer is kept " +
      (lasting ? "in this browser" : "on this page") + " and is sent by itself once the connection is back.";
  }

  // Ask for something of which nothing is kept, until it is there; tell() says meanwhile why it is not.
  async function ask(path, body, tell) {
    counter?.whileLoading(tell);
    for (let tried = 0; ; tried++) {
      try {
        return await call("POST", path, body);
      } catch (error) {
        if (final(error)) return { problem: error.message };
        tell(error instanceof Refused ? error.message : "There is no connection to this site. What you see stands; this goes on by itself once the connection is back.");
      }
      await pause(AGAIN[Math.min(tried, AGAIN.length - 1)]);
    }
  }

  // The record is gone: erased in another place, or this is another server.  Ask before starting anew.
  function fresh(tell, why) {
    return new Promise((go) => {
      tell(why + " Your answer still stands here.", {
        text: "Start a new record",
        act() {
          store.remove(KEY);
          store.remove("asylum-teach.progress"); // of the record that is gone
          key();
          go();
        },
      });
    });
  }

  // What an earlier page could not send any more.
  async function flush() {
    for (const name of store.names(OUTBOX)) {
      try {
        const sent = JSON.parse(store.get(name));
        await call("POST", "answers", { ...sent, first: hub || !known() });
        nowKnown();
        store.remove(name);
      } catch (error) {
        if (final(error) && error.status !== 401) store.remove(name);
        else return;
      }
    }
  }

  // --- Answers given before: asked for once for all cards of a page ---

  let asked = [], asking = null, told = Promise.resolve();
  const sentBefore = flush();

  function earlier(name, item) {
    asked.push([name, item]);
    if (!asking) {
      asking = pause(60).then(async () => {
        const pairs = asked;
        asked = [];
        asking = null;
        await sentBefore; // it may have begun the record
        if (!known()) return {};
        // Without a word: the cards can be answered meanwhile, and they say what stands in the way.
        return (await ask("earlier", { asked: pairs }, () => {})).earlier ?? {};
      });
      told = Promise.all([told, asking]);
    }
    return asking.then((found) => found[`${name}/${item}`] ?? null);
  }

  // --- Answers that are not finished: kept in this browser alone ---

  const drafts = {
    get(name) { try { return JSON.parse(store.get(DRAFT + name)); } catch (_) { return null; } },
    set(name, response) { store.set(DRAFT + name, JSON.stringify(response)); },
    clear(name) { store.remove(DRAFT + name); },
  };

  // --- Time in view, since the answer before or since the page opened ---

  let viewed = 0, since = document.hidden ? 0 : Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && since) { viewed += Date.now() - since; since = 0; }
    else if (!document.hidden) since = Date.now();
  });
  function seconds() {
    const all = viewed + (since ? Date.now() - since : 0);
    viewed = 0;
    if (since) since = Date.now();
    return Math.round(all / 1000);
  }

  // Open another record by its code.  A new key is made for it: the old one stays with the old record.
  async function enter(code) {
    await flush();
    if (store.names(OUTBOX).length) {
      throw new Refused(0, { problem: "An answer in this browser is not saved yet. Open the other record once it is." });
    }
    const made = random(32);
    await call("POST", "enter", { code }, { as: made });
    forget();
    store.set(KEY, made);
    nowKnown();
  }

  // The address of one of our pages: without a server each is a file.
  function page(path) { return base + path + (counter ? ".html" : ""); }

  function lesson() { return document.body.dataset.lesson || ""; }

  function forget() {
    for (const name of store.names("asylum-teach.")) store.remove(name);
  }

  // What stands on this page is of a record that another tab erased, or left for another.
  window.addEventListener("storage", (event) => {
    if (event.key !== mine + KEY || !event.oldValue || document.getElementById("changed-elsewhere")) return;
    const note = document.createElement("p"), button = document.createElement("button");
    note.id = "changed-elsewhere";
    note.className = "back";
    note.setAttribute("role", "status");
    button.type = "button";
    button.className = "at-btn at-quiet";
    button.textContent = "Reload";
    button.addEventListener("click", () => location.reload());
    note.append("In another tab, this record was erased or another was opened. Reload to see what is kept now. ", button);
    document.body.append(note);
  });

  globalThis.asylumTeach = { page, call, proof, known, nowKnown, answer, ask, earlier, earlierTold: () => told, enter, drafts, seconds, store, forget, Refused, hub, alone: Boolean(counter), unkept: () => (lasting && (!counter || counter.keeps()) ? "" : UNKEPT) };
})();
