// Draws the questions, interviews and labs of a lesson in their places.  No kernel is asked: each
// is drawn by the script that a notebook's widget has, over values that were written into the page.
const places = [...document.querySelectorAll("[data-piece]")];

function still(values) {
  return { get: (name) => values[name], set() {}, save_changes() {}, on() {}, off() {} };
}

async function draw(place) {
  const values = JSON.parse(place.dataset.with);
  if (place.dataset.piece === "lab") return lab(place, values);
  const { default: piece } = await import(`./${place.dataset.piece}.js`);
  piece.render({ model: still({ answer: {}, feedback: {}, ...values }), el: place });
}

// The lab's switches and pivots over one set of values; each step is asked of the counter.
async function lab(place, { view, choice, board }) {
  const record = globalThis.asylumTeach;
  const [switches, pivots] = await Promise.all([import("./lab.js"), import("./pivots.js")]);
  const values = { view, choice, said: "", found: { asked: false, said: "", elements: [] } };
  const start = choice, heard = new Map();
  let shown = choice; // what the board shows
  const drawn = document.createElement("div");
  drawn.innerHTML = board; // made by markup.py, which escapes every text

  function put(changed) {
    Object.assign(values, changed);
    for (const name of Object.keys(changed)) for (const hear of heard.get(`change:${name}`) ?? []) hear();
  }

  let last = Promise.resolve();
  function step(what) {
    last = last.then(async () => {
      const asked = { shown, pivots: values.found.asked, ...what };
      const told = await record.ask("lab", asked, (said) => put({ said }));
      if (told.problem) return put({ said: told.problem, choice: shown, found: values.found });
      shown = told.choice;
      drawn.innerHTML = told.board;
      // What stands on the page may be newer: it is put right only where it could not be.
      const mended = told.choice.n === (what.choice ?? asked.shown).n ? {} : { choice: told.choice };
      put({ said: told.said, found: told.found, ...mended });
    });
  }

  const model = {
    get: (name) => values[name],
    set: (name, value) => (values[name] = value),
    save_changes: () => step({ choice: values.choice }),
    send(asked) {
      if (asked.ask !== "reset") return step({ asked });
      put({ choice: { ...start, n: values.choice.n + 1 } });
      step({ choice: values.choice });
    },
    on: (name, hear) => heard.set(name, [...(heard.get(name) ?? []), hear]),
    off() {},
  };
  const parts = [document.createElement("div"), drawn, document.createElement("div")];
  place.replaceChildren(...parts);
  switches.default.render({ model, el: parts[0] });
  pivots.default.render({ model, el: parts[2] });
}

const drawing = await Promise.allSettled(places.map(draw));
for (const [i, { status }] of drawing.entries()) {
  if (status === "rejected") places[i].textContent = "This part of the lesson could not be shown. Reload the page to try again.";
}
document.dispatchEvent(new CustomEvent("lesson-open"));
globalThis.asylumTeachCounter.begin(); // so that it is there when the first answer is
