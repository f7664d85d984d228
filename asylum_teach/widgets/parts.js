// What every widget is built from.  Text is always set as text, never as HTML.

const SHAPES = { met: "●", arguable: "◐", not_met: "○" };
let lastId = 0;

function newId(prefix) {
  lastId += 1;
  return `at-${prefix}-${lastId}-${Math.random().toString(36).slice(2, 7)}`;
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

function statusPill(status, label, moved = false) {
  const classes = `at-status at-status-${status}${moved ? " at-moved" : ""}`;
  return el("span", { class: classes }, el("span", { "aria-hidden": "true" }, SHAPES[status], " "), label);
}

// One chip an authority; a chip opens its card, and closes it again.
function authorityChips(ids, cards) {
  const known = ids.filter((id) => cards[id]);
  if (!known.length) return null;
  const panel = el("div");
  const row = el("div", { class: "at-row at-chips" });
  for (const id of known) {
    const card = authorityCard(cards[id]);
    card.id = newId("card");
    card.hidden = true;
    const sign = el("span", { "aria-hidden": "true" }, "›");
    const chip = el(
      "button",
      { type: "button", class: "at-chip", "aria-expanded": "false", "aria-controls": card.id },
      el("span", { "aria-hidden": "true" }, "⚖"),
      cards[id].short,
      sign,
    );
    chip.addEventListener("click", () => {
      card.hidden = !card.hidden;
      chip.setAttribute("aria-expanded", String(!card.hidden));
      sign.textContent = card.hidden ? "›" : "▾";
    });
    row.append(chip);
    panel.append(card);
  }
  return el("div", {}, row, panel);
}

function authorityCard(card) {
  return el(
    "section",
    { class: "at-authority", "aria-label": card.name },
    el("p", { class: "at-authority-name" }, el("b", {}, card.name), el("br"), card.citation),
    el("p", { class: "at-why" }, card.binds),
    el("p", {}, card.holding),
    card.bar.length ? periodBar(card) : null,
    el("p", {}, card.periods),
    card.note ? el("p", {}, el("b", {}, "Take care: "), card.note) : null,
    el("p", { class: "at-why" }, card.sureness),
    card.sources.length
      ? el(
          "details",
          {},
          el("summary", {}, `Sources (${card.sources.length}), on other sites`),
          el(
            "ul",
            {},
            card.sources.map((url) =>
              el("li", {}, el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url)),
            ),
          ),
        )
      : null,
  );
}

function periodBar(card) {
  const bar = el("div", { class: "at-bar", role: "img", "aria-label": card.periods });
  for (const [left, width] of card.bar) {
    bar.append(el("i", { style: `left:${left}%;width:${width}%` }));
  }
  return el(
    "div",
    {},
    bar,
    el("div", { class: "at-years", "aria-hidden": "true" }, card.years.map((year) => el("span", {}, year))),
  );
}
