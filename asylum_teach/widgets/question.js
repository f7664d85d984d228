// One item, or several asked one at a time.

function render({ model, el: root }) {
  const items = model.get("items");
  const place = el("div");
  const steps = items.length > 1 ? stepper(items.length, show) : null;
  const answers = {}; // the last answer to each item
  let current = null;

  function send(answer) {
    answers[answer.item] = answer;
    model.set("answer", answer);
    model.save_changes();
  }

  function show(i) {
    current?.card.stop();
    const item = items[i];
    const told = model.get("feedback")[item.id];
    const card = questionCard(item, told ? (answers[item.id] ?? model.get("answer")) : null, send);
    current = { id: item.id, card, n: told?.n };
    if (told) card.tell(told, false);
    place.replaceChildren(card.node);
    steps?.at(i);
  }

  function listen() {
    const told = model.get("feedback")[current.id];
    if (!told || told.n === current.n) return;
    current.n = told.n;
    current.card.tell(told, true);
    steps?.done(Object.keys(model.get("feedback")).length);
  }

  model.on("change:feedback", listen);
  root.append(el("section", { class: "at-card", "aria-label": items.length > 1 ? "Practice" : "Question" }, steps?.node, place));
  show(0);
  return () => {
    current?.card.stop();
    model.off("change:feedback", listen);
  };
}

function stepper(count, show) {
  let i = 0;
  const where = el("p", { class: "at-eyebrow", role: "status" });
  const button = (text, by) => el("button", { type: "button", class: "at-chip", onclick: () => show(i + by) }, text);
  const back = button("‹ Back", -1);
  const next = button("Next ›", 1);
  let answered = 0;
  function write() {
    where.textContent = `Practice: question ${i + 1} of ${count}${answered ? `, ${answered} answered` : ""}`;
    back.disabled = i === 0;
    next.disabled = i === count - 1;
  }
  return {
    node: el("div", { class: "at-row at-stepper" }, where, back, next),
    at(place) {
      i = place;
      write();
    },
    done(number) {
      answered = number;
      write();
    },
  };
}

export default { render };
