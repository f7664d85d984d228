// Tables that sort by a column: numbers as numbers, words as words, empty cells last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, heads, column));
  });
}

// What is folded is printed, and folded again afterwards.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")];
  for (const each of unfolded) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of unfolded) each.open = false;
});

function sort(table, heads, column) {
  const up = heads[column].getAttribute("aria-sort") !== "ascending";
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  const key = (row) => row.cells[column].textContent.trim();
  const number = (text) => (text === "–" || text === "" ? null : Number.parseFloat(text));
  const numbers = rows.every((row) => number(key(row)) === null || !Number.isNaN(number(key(row))));
  rows.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (!numbers) return (up ? 1 : -1) * x.localeCompare(y);
    const [p, q] = [number(x), number(y)];
    if (p === null || q === null) return (p === null) - (q === null);
    return (up ? 1 : -1) * (p - q);
  });
  table.tBodies[0].append(...rows);
}
