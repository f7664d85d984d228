// Which single fact would change this?  Asked on request, since the answer is long.

function render({ model, el: root }) {
  const list = el("div", { role: "status" });
  const ask = el("button", { type: "button", class: "at-btn" }, "Which single fact would change this?");
  ask.addEventListener("click", () => {
    ask.disabled = true;
    model.send({ ask: "pivots" });
  });
  const draw = () => {
    ask.disabled = false;
    const found = model.get("found");
    list.replaceChildren();
    if (!found.asked) return;
    if (!found.elements.length) list.append(el("p", {}, "No single fact would move an element."));
    for (const { title, pivots } of found.elements) {
      list.append(
        el(
          "details",
          {},
          el("summary", {}, `${title}: ${pivots.length}`),
          pivots.map((pivot) => row(pivot, model)),
        ),
      );
    }
  };
  model.on("change:found", draw);
  draw();
  root.append(el("section", { class: "at-card at-lab", "aria-label": "Facts that would change it" }, ask, list));
  return () => model.off("change:found", draw);
}

function row({ id, text, moves }, model) {
  const flip = el("button", { type: "button", class: "at-chip", onclick: () => model.send({ ask: "flip", fact: id }) }, "Flip it");
  flip.setAttribute("aria-label", `Flip it: ${text}`);
  return el("div", { class: "at-flip" }, el("span", {}, text, el("span", { class: "at-why" }, moves)), flip);
}

export default { render };
