// Which single fact would change this?  Asked on request, since the answer is long.

function render({ model, el: root }) {
  const said = el("p", { class: "at-said", role: "status" });
  const list = el("div");
  const ask = el("button", { type: "button", class: "at-btn" }, "Which single fact would change this?");
  ask.addEventListener("click", () => {
    ask.disabled = true;
    model.send({ ask: "pivots" });
  });
  const draw = () => {
    ask.disabled = false;
    const found = model.get("found");
    const open = [...list.querySelectorAll("details[open]")].map((group) => group.dataset.title);
    list.replaceChildren();
    said.textContent = found.said;
    if (!found.asked) return;
    if (!found.elements.length) list.append(el("p", {}, "No single fact would move an element."));
    for (const { title, pivots } of found.elements) {
      list.append(
        el(
          "details",
          { "data-title": title, open: open.includes(title) },
          el("summary", {}, `${title}: ${pivots.length}`),
          pivots.map((pivot) => row(pivot, model)),
        ),
      );
    }
  };
  model.on("change:found", draw);
  draw();
  root.append(el("section", { class: "at-card at-lab", "aria-label": "Facts that would change it" }, ask, said, list));
  return () => model.off("change:found", draw);
}

function row({ id, text, moves }, model) {
  const flip = el("button", { type: "button", class: "at-chip", onclick: () => model.send({ ask: "flip", fact: id }) }, "Flip it");
  flip.setAttribute("aria-label", `Flip it: ${text}`);
  return el("div", { class: "at-flip" }, el("span", {}, text, el("span", { class: "at-why" }, moves)), flip);
}

export default { render };
