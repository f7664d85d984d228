// One item, or several asked one at a time.
//
// Where a page keeps a record (globalThis.asylumTeach), its server scores, keeps and explains each
// answer.  Elsewhere (JupyterLab) the kernel does, and nothing is kept.

// Two cases may have an item of the same id.
const nameOf = (item) => `${item.case}/${item.id}`;

// fresh: ask anew what was answered before.
function render({ model, el: root, fresh = false }) {
  const items = model.get("items");
  const record = globalThis.asylumTeach;
  const place = el("div");
  const steps = items.length > 1 ? stepper(items.length, show) : null;
  const given = new Map(); // by name: { answer, told }
  const sending = new Map(); // by name: the card whose answer is not kept yet
  let current = null;

  function show(i) {
    current?.card.stop();
    const item = items[i];
    const before = given.get(nameOf(item)) ?? null;
    const card =
      sending.get(nameOf(item)) ?? questionCard(item, before?.answer ?? null, (answer) => send(item, answer));
    current = { item, card };
    if (before?.told) card.tell(before.told, false);
    place.replaceChildren(card.node);
    steps?.at(i);
  }

  function tell(item, answer, told) {
    if (!told.problem) {
      given.set(nameOf(item), { answer, told });
      steps?.done(given.size);
    }
    if (current.item === item) current.card.tell(told, true);
  }

  async function send(item, answer) {
    if (record) {
      const sent = { ...answer, case: item.case, seconds: record.seconds() };
      const card = current.card;
      sending.set(nameOf(item), card);
      const told = await record.answer(sent, (problem, act) => card.waits(problem, act));
      sending.delete(nameOf(item));
      tell(item, answer, told);
    } else {
      given.set(nameOf(item), { answer, told: null });
      model.set("answer", answer);
      model.save_changes();
    }
  }

  function listen() {
    for (const item of items) {
      const told = model.get("feedback")[item.id];
      const before = given.get(nameOf(item));
      if (told && before && before.answer.n === told.n && before.told !== told) tell(item, before.answer, told);
    }
  }

  async function recall() {
    const found = await Promise.all(items.map((item) => record.earlier(item.case, item.id)));
    found.forEach((answer, i) => {
      if (answer?.html && !given.has(nameOf(items[i]))) {
        given.set(nameOf(items[i]), { answer, told: { problem: "", html: answer.html, changed: answer.changed } });
      }
    });
    if (!given.size) return;
    steps?.done(given.size);
    if (current.card.touched()) return;
    const next = items.findIndex((item) => !given.has(nameOf(item)));
    show(next < 0 ? items.length - 1 : next);
  }

  model.on("change:feedback", listen);
  root.append(
    el(
      "section",
      {
        class: "at-card",
        "aria-label": items.length > 1 ? "Practice" : "Question",
        "data-items": items.map(nameOf).join(" "),
      },
      steps?.node,
      place,
    ),
  );
  show(0);
  if (record && !fresh) recall();
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
