// Where a learner stands: on the start page, and at a lesson's end.  The server writes the piece.
// On the start page the last one is shown at once and the new one when it is here, so that whoever
// has a record waits no longer than whoever has none.
(function () {
  "use strict";
  const record = globalThis.asylumTeach;
  const LAST = "asylum-teach.progress"; // the start page's piece, shown until the new one is here

  function put(place, found) {
    place.innerHTML = found.html; // made from a template that escapes every text
    for (const [lesson, done] of Object.entries(found.lessons)) {
      const line = document.querySelector(`[data-done="${lesson}"]`);
      if (line) line.textContent = done && " · " + done;
    }
    if (record.unkept() && !record.hub) warn(place, record.unkept());
    place.hidden = false;
    document.dispatchEvent(new CustomEvent("progress-shown"));
  }

  // In place of what says that the answers are saved.
  function warn(place, text) {
    for (const each of place.querySelectorAll("[data-kept]")) each.remove();
    const note = document.createElement("p");
    note.className = "broken";
    note.textContent = text;
    place.append(note);
  }

  function putLast(place) {
    try { put(place, JSON.parse(record.store.get(LAST))); } catch (_) { record.store.remove(LAST); }
  }

  async function show() {
    const place = document.getElementById("progress");
    if (!place || !record.known()) return;
    const lesson = place.dataset.lesson, last = lesson ? null : record.store.get(LAST);
    if (last) putLast(place);
    try {
      const found = await record.call("GET", "progress" + (lesson ? "?lesson=" + encodeURIComponent(lesson) : ""));
      const text = JSON.stringify(found);
      if (text !== last) put(place, found);
      if (!lesson) record.store.set(LAST, text);
    } catch (error) {
      const link = Object.assign(document.createElement("a"), { href: record.page("record"), textContent: "Your record" });
      if (error.kind === "unknown" && record.hub) return; // the first answer begins a record there
      if (error.kind === "unknown") place.replaceChildren(error.message + " ", link);
      else place.textContent = error instanceof record.Refused ? error.message : "Your progress cannot be shown: there is no connection to this site.";
    }
    place.hidden = false;
  }

  document.addEventListener("DOMContentLoaded", () => {
    show();
    if (document.getElementById("progress")?.dataset.lesson) document.addEventListener("record-kept", () => show());
  });
  addEventListener("pageshow", (event) => { if (event.persisted) show(); });
})();
