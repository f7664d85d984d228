// The switches of the what-if lab: facts by group, the day, the circuit.

const LONGEST_PAUSE = 600; // milliseconds of typing before the day counts

function render({ model, el: root }) {
  const view = model.get("view");
  const day = el("input", { type: "date", id: newId("day"), min: "1985-01-01", max: view.last_day, required: true });
  const circuit = el("select", { id: newId("circuit") }, view.circuits.map(({ id, text }) => el("option", { value: id }, text)));
  const find = el("input", { type: "search", id: newId("find"), placeholder: "a word, such as police" });
  const groups = view.groups.map((group) => factGroup(group, change));
  const boxes = new Map(groups.flatMap((group) => group.boxes));
  const note = el("p", { class: "at-said", role: "status" });
  const nothing = el("p", { hidden: true }, "No fact has that word.");

  function change() {
    const facts = [...boxes].filter(([, box]) => box.checked).map(([id]) => id);
    const before = model.get("choice");
    model.set("choice", { n: before.n + 1, facts, as_of: day.value, circuit: circuit.value });
    model.save_changes();
  }

  let pause;
  day.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => day.value && change(), LONGEST_PAUSE);
  });
  circuit.addEventListener("change", change);
  find.addEventListener("input", () => {
    const word = find.value.trim().toLowerCase();
    let any = false;
    for (const group of groups) any = group.filter(word) || any;
    nothing.hidden = any;
  });

  const back = el("button", { type: "button", class: "at-btn at-quiet", onclick: () => ask("reset") }, "Back to the start");
  const ask = (what) => model.send({ ask: what });
  const draw = () => {
    const choice = model.get("choice");
    day.value = choice.as_of;
    circuit.value = choice.circuit;
    for (const [id, box] of boxes) box.checked = choice.facts.includes(id);
    groups.forEach((group) => group.count());
    note.textContent = model.get("said");
  };
  model.on("change:choice", draw);
  model.on("change:said", draw);
  draw();

  root.append(
    el(
      "section",
      { class: "at-card at-lab", "aria-label": "What-if lab" },
      el("p", { class: "at-eyebrow" }, view.title),
      el(
        "div",
        { class: "at-selects" },
        el("label", { for: day.id }, "Law as of", day),
        el("label", { for: circuit.id }, "Circuit", circuit),
        el("label", { for: find.id }, "Find a fact", find),
      ),
      groups.map((group) => group.node),
      nothing,
      note,
      el("div", { class: "at-row" }, back),
    ),
  );
  return () => {
    clearTimeout(pause);
    model.off("change:choice", draw);
    model.off("change:said", draw);
  };
}

function factGroup({ title, facts, open }, change) {
  const count = el("span", { class: "at-why at-count" });
  const rows = facts.map(({ id, text }) => {
    const box = el("input", { type: "checkbox", role: "switch", class: "at-switch", value: id, onchange: change });
    return { id, box, text: text.toLowerCase(), node: el("label", { class: "at-flip" }, el("span", {}, text), box) };
  });
  const node = el("details", { open }, el("summary", {}, title, count), rows.map((row) => row.node));
  return {
    node,
    boxes: rows.map((row) => [row.id, row.box]),
    count() {
      const on = rows.filter((row) => row.box.checked).length;
      count.textContent = on ? ` ${on} on` : "";
    },
    filter(word) {
      let any = false;
      for (const row of rows) {
        row.node.hidden = Boolean(word) && !row.text.includes(word);
        any = any || !row.node.hidden;
      }
      node.hidden = !any;
      if (word && any) node.open = true;
      return any;
    },
  };
}

export default { render };
