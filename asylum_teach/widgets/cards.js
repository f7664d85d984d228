// Authorities as chips, each of which opens its card.

function render({ model, el: root }) {
  const { title, note, groups, cards } = model.get("view");
  root.append(
    el(
      "section",
      { class: "at-card", "aria-label": title },
      el("p", { class: "at-eyebrow" }, title),
      note ? el("p", {}, note) : null,
      groups.map((group) => [group.title ? el("p", {}, el("b", {}, group.title)) : null, authorityChips(group.ids, cards)]),
    ),
  );
}

export default { render };
