// One question card.  The key is not here: Python scores the answer and writes the feedback.

const UNANSWERED_AFTER = 8000; // milliseconds without a reply

// answered: the last answer to this item, if any.  send(answer) hands one on to be scored.
function questionCard(item, answered, send) {
  const drafts = globalThis.asylumTeach?.drafts;
  const name = `${item.case}/${item.id}`;
  const parts = INPUTS[item.input](item);
  const state = { hints: 0, timer: null, n: answered?.n ?? 0, touched: false };
  const problem = el("p", { class: "at-problem", role: "alert" });
  const check = el("button", { type: "submit", class: "at-btn" }, item.button ?? "Check");
  const again = el("button", { type: "button", class: "at-btn at-quiet", hidden: true }, "Try again");
  const hint = hintButton(item, state);
  const feedback = el("div", { role: "status", tabindex: "-1" });
  const sure = item.ask_confidence ? confidence() : null;
  const form = el(
    "form",
    { class: "at-question", novalidate: true },
    item.eyebrow ? el("p", { class: "at-eyebrow" }, item.eyebrow) : null,
    item.story ? storyOf(item.story) : null,
    item.before.map((text) => el("p", {}, prose(text))),
    parts.node,
    sure?.node,
    hint?.list,
    problem,
    el("div", { class: "at-row" }, check, hint?.button, again),
    feedback,
  );

  function lock(locked) {
    for (const input of form.querySelectorAll("input, select, .at-move")) input.disabled = locked;
    check.hidden = locked;
    again.hidden = !locked;
    if (hint) hint.button.hidden = locked || state.hints >= item.hints.length;
  }

  function waiting(sent) {
    clearTimeout(state.timer);
    check.disabled = sent;
    check.textContent = sent ? (item.button ? "Sending…" : "Checking…") : (item.button ?? "Check");
    if (!sent || globalThis.asylumTeach) return; // a record says itself why an answer is not kept
    state.timer = setTimeout(() => {
      waiting(false); // nobody sends it again by itself
      waits("There is no reply yet. Your answer stands here; wait a moment, or press Check again.");
    }, UNANSWERED_AFTER);
  }

  // The answer is not kept yet: say why, and offer what can be done.
  function waits(why, action) {
    const button = action ? el("button", { type: "button", class: "at-btn at-quiet" }, action.text) : null;
    button?.addEventListener("click", () => {
      problem.replaceChildren();
      action.act();
    });
    if (problem.textContent !== why || button) problem.replaceChildren(why, ...(button ? [el("br"), button] : []));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (check.disabled) return;
    const { response, missing } = parts.read();
    problem.textContent = missing ?? "";
    if (missing) return;
    state.n += 1;
    waiting(true);
    send({ item: item.id, n: state.n, response, confidence: sure?.read() ?? null, hints: state.hints });
  });

  function draft() {
    state.touched = true;
    drafts?.set(name, { response: parts.read().response, confidence: sure?.read() ?? null, hints: state.hints });
  }

  form.addEventListener("change", draft);
  form.addEventListener("click", (event) => event.target.closest(".at-move, .at-hint") && draft());

  again.addEventListener("click", () => {
    feedback.replaceChildren();
    lock(false);
    form.querySelector("input, select, .at-move")?.focus();
  });

  function tell(told, moveFocus) {
    waiting(false);
    problem.textContent = told.problem || told.notice || "";
    if (told.problem) return;
    feedback.innerHTML = told.html; // made by markup.py, which escapes every text
    if (told.changed?.length) feedback.prepend(changedNote(told.changed));
    drafts?.clear(name);
    lock(true);
    if (moveFocus) feedback.focus();
  }

  const begun = answered ?? drafts?.get(name);
  try {
    if (begun) parts.write(begun.response);
    sure?.write(begun?.confidence);
    if (!answered) hint?.show(begun?.hints ?? 0);
  } catch {
    drafts?.clear(name); // it fits an older version of the item
  }
  return { node: form, tell, waits, touched: () => state.touched, stop: () => clearTimeout(state.timer) };
}

// The story again, where the lesson that tells it is not on the page.
function storyOf({ title, note, setting, sentences }) {
  const told = sentences.map((text) => el("p", {}, text));
  const skip = el("summary", {}, `The story: ${title} (tap here to skip it or to show it again)`);
  return el(
    "div",
    { class: "at-again" },
    note ? el("p", { class: "at-why" }, el("b", {}, "Content note: "), note) : null,
    el("p", { class: "at-why" }, setting),
    told.length ? el("details", { open: true }, skip, told) : null,
  );
}

function changedNote(changed) {
  return el("p", { class: "at-why" }, el("b", {}, "The law changed since you answered this. "), changed.join(" "));
}

// --- What an answer is made with: each gives its node, reads a response, writes one back ---

const INPUTS = { one: choices("radio"), many: choices("checkbox"), rows, two, order };

function choices(type) {
  return (item) => {
    const list = optionList(type, item.options);
    return {
      node: fieldset(item.stem, item.help, list.node),
      read() {
        const picked = list.read();
        if (type === "radio") return { response: picked[0], missing: picked.length ? null : "Pick an answer first." };
        return { response: picked, missing: picked.length || item.may_be_empty ? null : "Pick at least one first." };
      },
      write: (response) => list.write([response].flat()),
    };
  };
}

function two(item) {
  const lists = item.parts.map((part) => optionList("radio", part.options));
  return {
    node: el(
      "div",
      {},
      el("p", { class: "at-stem" }, prose(item.stem)),
      item.parts.map((part, i) => fieldset(part.text, "", lists[i].node)),
    ),
    read() {
      const response = {};
      item.parts.forEach((part, i) => (response[part.id] = lists[i].read()[0]));
      const whole = Object.values(response).every(Boolean);
      return { response, missing: whole ? null : "Pick one in each part first." };
    },
    write: (response) => item.parts.forEach((part, i) => lists[i].write([response[part.id]])),
  };
}

function rows(item) {
  const fields = item.rows.map((row) => {
    const select = el(
      "select",
      { id: newId("row") },
      el("option", { value: "" }, "Choose…"),
      item.choices.map((choice) => el("option", { value: choice.id }, choice.text)),
    );
    const label = el("label", { for: select.id }, row.text, row.help ? el("span", { class: "at-why" }, row.help) : null);
    return { id: row.id, select, node: el("div", { class: "at-field" }, label, select) };
  });
  return {
    node: fieldset(item.stem, item.help, fields.map((field) => field.node)),
    read() {
      const response = Object.fromEntries(fields.map((field) => [field.id, field.select.value]));
      const whole = fields.every((field) => field.select.value);
      return { response, missing: whole ? null : "Answer each line first." };
    },
    write: (response) => fields.forEach((field) => (field.select.value = response[field.id] ?? "")),
  };
}

function order(item) {
  const said = el("p", { class: "at-problem", role: "status" });
  const list = el("ol", { class: "at-steps" });
  function move(step, by) {
    const steps = [...list.children];
    const to = steps.indexOf(step) + by;
    if (to < 0 || to >= steps.length) return;
    if (by < 0) list.insertBefore(step, steps[to]);
    else list.insertBefore(step, steps[to].nextSibling);
    said.textContent = `Now step ${to + 1} of ${steps.length}.`;
  }
  for (const { id, text } of item.options) {
    const step = el("li", { "data-id": id }, el("span", {}, text));
    const mover = (sign, by, says) =>
      el(
        "button",
        {
          type: "button",
          class: "at-btn at-quiet at-move",
          "aria-label": `${says}: ${text}`,
          onclick(event) {
            move(step, by);
            event.currentTarget.focus();
          },
        },
        sign,
      );
    step.append(el("span", { class: "at-moves" }, mover("↑", -1, "Move up"), mover("↓", 1, "Move down")));
    list.append(step);
  }
  return {
    node: fieldset(item.stem, item.help, [list, said]),
    read: () => ({ response: [...list.children].map((step) => step.dataset.id), missing: null }),
    write: (response) =>
      response.forEach((id) => list.append([...list.children].find((step) => step.dataset.id === id))),
  };
}

function fieldset(stem, help, content) {
  return el(
    "fieldset",
    {},
    el("legend", { class: "at-stem" }, prose(stem)),
    help ? el("p", { class: "at-why" }, help) : null,
    content,
  );
}

// An option without an id is text around the options: the sentences of a story, say.
function optionList(type, options) {
  const name = newId("group");
  const inputs = [];
  const node = el(
    "div",
    {},
    options.map((option) => {
      if (!option.id) return el("p", { class: "at-between" }, option.text);
      const input = el("input", { type, name, value: option.id });
      inputs.push(input);
      return el("label", { class: "at-option" }, input, el("span", {}, prose(option.text)));
    }),
  );
  return {
    node,
    read: () => inputs.filter((input) => input.checked).map((input) => input.value),
    write: (values) => inputs.forEach((input) => (input.checked = values.includes(input.value))),
  };
}

function confidence() {
  const levels = optionList("radio", [
    { id: "1", text: "A guess" },
    { id: "2", text: "Fairly" },
    { id: "3", text: "Certain" },
  ]);
  levels.node.className = "at-levels";
  return {
    node: el("fieldset", { class: "at-sure" }, el("legend", {}, "How sure are you?"), levels.node),
    read: () => Number(levels.read()[0]) || null,
    write: (level) => levels.write([String(level)]),
  };
}

function hintButton(item, shared) {
  if (!item.hints.length) return null;
  const list = el("div", { class: "at-hints", role: "status" });
  const button = el("button", { type: "button", class: "at-btn at-quiet at-hint" }, "Hint");
  function show(upto) {
    for (const text of item.hints.slice(shared.hints, upto)) {
      shared.hints += 1;
      list.append(el("p", {}, el("b", {}, `Hint ${shared.hints}: `), prose(text)));
    }
    button.hidden = shared.hints >= item.hints.length;
  }
  button.addEventListener("click", () => show(shared.hints + 1));
  return { list, button, show };
}
