// Tells a learner when the lesson is open, and in plain words when its connection is lost.
// Answers go to the server and need no kernel; the what-if lab does.  A sleeping tab, and a
// learner who is away, are left alone: they are told once they are back, if it still matters.
(function () {
  "use strict";
  var EVERY = 3500, PATIENCE = 2500, AGAIN = 1000; // milliseconds; together below ten seconds
  var RECONNECT = 6000; // how long Jupyter may take to mend its own line
  var TOO_LONG = 45000; // for a lesson to open
  var AWAY = 120000; // without a touch: the learner may have left
  var line = null, lineDownSince = 0, timer = 0, banner = null, touched = Date.now(), told = "";

  var WORDS = {
    server: "The connection to this site was lost. Answers that were saved are safe. You can read on; what you " +
      "answer now is kept in this browser and sent once the connection is back.",
    lab: "The what-if lab on this page has lost its connection. Your answers are saved, and the questions still work.",
    broken: "This lesson could not be opened to its end. Your answers are saved.",
  };

  window.voila_heartbeat = window.voila_process = window.voila_finish = function () {};

  // A ticket for a place is used up once its lesson opens.
  if (/[?&]ticket=/.test(location.search)) history.replaceState(history.state, "", location.pathname + location.hash);

  // Jupyter keeps its socket to itself, so remember it as it is made.
  var Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, protocols) {
      super(url, protocols);
      if (String(url).includes("/api/kernels/")) {
        line = this;
        this.addEventListener("open", function () { lineDownSince = 0; });
        this.addEventListener("close", function () {
          lineDownSince = lineDownSince || Date.now();
          watch(AGAIN);
        });
      }
    }
  };

  // Where the site is full, a lesson that is only loaded again comes before those who wait (waiting.js).
  function holdPlace() {
    try { sessionStorage.setItem("asylum-teach-place", kernel()); } catch (_) { /* it waits like any other */ }
  }

  function kernel() {
    var data = document.getElementById("jupyter-config-data");
    try { return JSON.parse(data.textContent).kernelId || ""; } catch (_) { return ""; }
  }

  // "well", "gone" (the kernel), or "server" (no answer at all).
  async function state() {
    var stop = new AbortController();
    var giveUp = setTimeout(function () { stop.abort(); }, PATIENCE);
    try {
      var answer = await fetch(document.documentElement.dataset.base + "healthz/" + kernel(), { cache: "no-store", signal: stop.signal });
      return answer.ok ? "well" : answer.status === 410 ? "gone" : "server";
    } catch (_) {
      return "server";
    } finally {
      clearTimeout(giveUp);
    }
  }

  function pause(milliseconds) {
    return new Promise(function (done) { setTimeout(done, milliseconds); });
  }

  function needsKernel() { return !!document.querySelector(".at-lab"); }

  async function check() {
    if (document.hidden) return;
    var found = await state();
    if (found !== "well") { await pause(AGAIN); found = await state(); }
    if (document.hidden) return;
    var lineDown = lineDownSince && Date.now() - lineDownSince > RECONNECT;
    if (found === "server") lost("server");
    else if ((found === "gone" || lineDown) && needsKernel()) lost("lab");
    else well();
    watch(EVERY);
  }

  function watch(after) {
    clearTimeout(timer);
    timer = setTimeout(check, after);
  }

  function lost(what) {
    opened();
    if (told === what || Date.now() - touched > AWAY) return;
    told = what;
    var words = document.createElement("p"), button = document.createElement("button");
    words.textContent = WORDS[what];
    button.type = "button";
    button.className = "at-btn";
    button.textContent = "Go on here";
    button.addEventListener("click", async function () {
      button.disabled = true;
      // A hub has a page for a server that it stopped, with a button that starts it again.
      if ((await state()) === "server" && !globalThis.asylumTeach.hub) {
        words.textContent = "There is still no connection. " + WORDS.server;
        button.disabled = false;
      } else location.reload(); // the place is kept, and so are the answers
    });
    banner.replaceChildren(words, button);
  }

  function well() {
    if (told === "broken") return; // what did not come will not come by itself
    told = "";
    banner.replaceChildren();
  }

  function opened() {
    var note = document.getElementById("opening");
    if (!note) return;
    note.remove();
    document.dispatchEvent(new CustomEvent("lesson-open"));
  }

  // Open means that every question has been drawn in its place.
  function drawn() {
    var places = [...document.querySelectorAll(".widget")];
    return places.every(function (place) { return place.querySelector(".lm-Widget .lm-Widget > *"); });
  }

  function waitForQuestions() {
    var since = Date.now();
    var looking = setInterval(function () {
      var waiting = document.querySelector('script[type="application/vnd.voila.cell-output+json"]');
      if (!waiting && drawn()) {
        clearInterval(looking);
        opened();
      } else if (Date.now() - since > TOO_LONG) {
        clearInterval(looking);
        lost("broken");
      }
    }, 150);
  }

  document.addEventListener("DOMContentLoaded", function () {
    banner = document.createElement("div");
    banner.className = "lost";
    banner.setAttribute("role", "alert");
    document.body.append(banner);
    holdPlace();
    if (!document.getElementById("lesson-complete")) return lost("broken"); // it broke off on the way
    waitForQuestions();
    watch(EVERY);
  });

  ["pointerdown", "keydown", "scroll", "touchstart"].forEach(function (kind) {
    window.addEventListener(kind, function () {
      var away = Date.now() - touched > AWAY;
      touched = Date.now();
      if (away && banner) watch(0);
    }, { passive: true });
  });

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return clearTimeout(timer);
    touched = Date.now();
    if (banner) { if (lineDownSince) lineDownSince = Date.now(); watch(EVERY); }
  });

  // Leaving ends the kernel; a page brought back from the browser's memory needs a new one.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
})();
