// A story, a sentence at a time.  Tapping a sentence tells which facts it states and what they bear on.

function render({ model, el: root }) {
  const story = model.get("story");
  const sentences = el("div", { class: "at-sentences", id: newId("story") });
  const skip = el("button", { type: "button", class: "at-chip", "aria-expanded": "true", "aria-controls": sentences.id }, "Skip this story");
  skip.addEventListener("click", () => {
    sentences.hidden = !sentences.hidden;
    skip.setAttribute("aria-expanded", String(!sentences.hidden));
    skip.textContent = sentences.hidden ? "Show the story again" : "Skip this story";
  });
  sentences.append(...story.sentences.map(sentence));
  root.append(
    el(
      "section",
      { class: "at-card at-story", "aria-label": `Story: ${story.title}` },
      el("p", { class: "at-eyebrow" }, "Content note: ", story.content_note, " "),
      el("div", { class: "at-row" }, skip),
      el("h3", {}, story.title),
      el("p", { class: "at-why" }, story.where, ". Tap a sentence to see what it tells."),
      sentences,
    ),
  );
}

function sentence({ text, facts }) {
  const told = el(
    "div",
    { class: "at-told", id: newId("told"), hidden: true },
    facts.length
      ? el(
          "ul",
          {},
          facts.map((fact) => el("li", {}, fact.text, " ", el("span", { class: "at-why" }, fact.elements))),
        )
      : el("p", {}, "This sentence states no fact that the law asks about."),
  );
  const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": told.id }, text);
  button.addEventListener("click", () => {
    told.hidden = !told.hidden;
    button.setAttribute("aria-expanded", String(!told.hidden));
  });
  return el("div", {}, button, told);
}

export default { render };
