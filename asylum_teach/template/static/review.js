
// The review page: cards that are due, mixed across lessons, without a kernel.
const record = globalThis.asylumTeach;
const place = document.getElementById("cards");
const state = document.getElementById("state");

function still(items) {
  const values = { items, answer: {}, feedback: {} };
  return { get: (name) => values[name], set() {}, save_changes() {}, on() {}, off() {} };
}

async function open() {
  if (!record.known()) return say("Nothing is due: this browser has no answers yet. Begin with a lesson; what you answer comes back here.");
  try {
    const { items, due } = await record.call("GET", "review");
    if (!items.length) return say("Nothing is due for review today.");
    state.textContent = due === 1 ? "One question is due." : `${due} questions are due.`;
    if (due > items.length) state.textContent += ` Here are the ${items.length} that have waited longest; reload the page for more.`;
    render({ model: still(items), el: place, fresh: true });
  } catch (error) {
    say(error instanceof record.Refused ? error.message : "There is no connection to this site. Nothing is lost; reload the page in a moment.");
  }
}

function say(text) { state.textContent = text; }

open();
