// Tells a learner when the lesson is open, and in plain words when its connection is lost.
// A sleeping tab is left alone: nothing is asked while it is hidden, and a while after it wakes.
(function () {
  "use strict";
  var EVERY = 3500, PATIENCE = 2500, AGAIN = 1000; // milliseconds; together below ten seconds
  var RECONNECT = 6000; // how long Jupyter may take to mend its own line
  var TOO_LONG = 45000; // for a lesson to open
  var line = null, lineDownSince = 0, timer = 0, banner = null;

  window.voila_heartbeat = window.voila_process = window.voila_finish = function () {};

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

  function kernel() {
    var data = document.getElementById("jupyter-config-data");
    try { return JSON.parse(data.textContent).kernelId || ""; } catch (_) { return ""; }
  }

  async function healthy() {
    var stop = new AbortController();
    var giveUp = setTimeout(function () { stop.abort(); }, PATIENCE);
    try {
      var answer = await fetch("/healthz/" + kernel(), { cache: "no-store", signal: stop.signal });
      return answer.ok;
    } catch (_) {
      return false;
    } finally {
      clearTimeout(giveUp);
    }
  }

  function pause(milliseconds) {
    return new Promise(function (done) { setTimeout(done, milliseconds); });
  }

  async function check() {
    if (document.hidden) return;
    var well = (await healthy()) || (await pause(AGAIN), await healthy());
    if (document.hidden) return;
    var lineDown = lineDownSince && Date.now() - lineDownSince > RECONNECT;
    if (well && !lineDown) found(); else lost();
    watch(EVERY);
  }

  function watch(after) {
    clearTimeout(timer);
    timer = setTimeout(check, after);
  }

  function lost() {
    opened();
    if (banner.childElementCount) return;
    var words = document.createElement("p"), button = document.createElement("button");
    words.textContent = "The connection to the lesson was lost. Answers that you checked still show on this " +
      "page, and you can read on. To answer more, reload: the lesson then starts afresh, because " +
      "nothing about you is stored.";
    button.type = "button";
    button.className = "at-btn";
    button.textContent = "Reload the lesson";
    button.addEventListener("click", function () { location.reload(); });
    banner.append(words, button);
  }

  function found() { banner.replaceChildren(); }

  function opened() {
    var note = document.getElementById("opening");
    if (note) note.remove();
  }

  // Open means that every question has been put in its place.
  function waitForQuestions() {
    var since = Date.now();
    var looking = setInterval(function () {
      var waiting = document.querySelector('script[type="application/vnd.voila.cell-output+json"]');
      if (!waiting && (line || !document.querySelector(".widget"))) {
        clearInterval(looking);
        opened();
      } else if (Date.now() - since > TOO_LONG) {
        clearInterval(looking);
        lost();
      }
    }, 150);
  }

  document.addEventListener("DOMContentLoaded", function () {
    banner = document.createElement("div");
    banner.className = "lost";
    banner.setAttribute("role", "alert");
    document.body.append(banner);
    if (!document.getElementById("lesson-complete")) return lost(); // it broke off on the way
    waitForQuestions();
    watch(EVERY);
  });

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) clearTimeout(timer);
    else if (banner) { if (lineDownSince) lineDownSince = Date.now(); watch(EVERY); }
  });

  // Leaving ends the kernel; a page brought back from the browser's memory needs a new one.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
})();
