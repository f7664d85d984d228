// What the law makes of the facts, element by element.

function render({ model, el: root }) {
  const body = el("div");
  const said = el("p", { class: "at-said", role: "status" });
  const draw = () => {
    const board = model.get("board");
    body.replaceChildren(table(board), relief(board));
    said.textContent = model.get("said");
  };
  draw();
  model.on("change:board", draw);
  root.append(el("section", { class: "at-card at-board", "aria-label": "What the law makes of it" }, said, body));
  return () => model.off("change:board", draw);
}

function table(board) {
  return el(
    "table",
    {},
    el("caption", { class: "at-eyebrow" }, board.caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Element"), el("th", { scope: "col" }, "Finding"))),
    el("tbody", {}, board.rows.map((row) => tableRow(row, board.cards))),
  );
}

function tableRow(row, cards) {
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, row.title),
    el(
      "td",
      {},
      statusPill(row.status, row.label, Boolean(row.moved)),
      row.moved ? el("b", { class: "at-moved-from" }, row.moved) : null,
      el("span", { class: "at-why" }, row.reason),
      row.would_decide.length
        ? el("details", {}, el("summary", {}, "What would settle it?"), el("ul", {}, row.would_decide.map((text) => el("li", {}, text))))
        : null,
      authorityChips(row.authorities, cards),
      row.other_side.length
        ? el(
            "details",
            {},
            el("summary", {}, "What would the other side say?"),
            row.other_side.map((argument) => reasoned(argument, cards)),
          )
        : null,
      row.strands.length
        ? el("details", {}, el("summary", {}, row.strands_title), row.strands.map((strand) => reasoned(strand, cards)))
        : null,
    ),
  );
}

function reasoned({ title, status, label, reason, authorities }, cards) {
  return el(
    "div",
    { class: "at-argument" },
    el("p", {}, title ? el("b", {}, title, " ") : null, statusPill(status, label)),
    el("p", {}, reason),
    authorityChips(authorities, cards),
  );
}

function relief(board) {
  return el(
    "dl",
    { class: "at-relief" },
    board.relief.map(({ title, strength }) => el("div", {}, el("dt", {}, title), el("dd", {}, strength))),
  );
}

export default { render };
