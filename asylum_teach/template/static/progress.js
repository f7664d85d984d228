// Where a learner stands: on the start page, and at a lesson's end.  The server writes the piece.
(function () {
  "use strict";
  const record = globalThis.asylumTeach;
  const place = document.getElementById("progress");

  async function show() {
    if (!place || !record.known()) return;
    try {
      const query = place.dataset.lesson ? "?lesson=" + encodeURIComponent(place.dataset.lesson) : "";
      const found = await record.call("GET", "progress" + query);
      place.innerHTML = found.html; // made from a template that escapes every text
      for (const [lesson, done] of Object.entries(found.lessons)) {
        const line = document.querySelector(`[data-done="${lesson}"]`);
        if (line) line.textContent = done && " · " + done;
      }
    } catch (error) {
      place.textContent = error instanceof record.Refused ? error.message : "Your progress cannot be shown: there is no connection to this site.";
    }
    place.hidden = false;
    document.dispatchEvent(new CustomEvent("progress-shown"));
  }

  show();
  if (place?.dataset.lesson) document.addEventListener("record-kept", show);
  addEventListener("pageshow", (event) => { if (event.persisted) show(); });
})();
