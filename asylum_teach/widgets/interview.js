// A practice interview: choose what to ask or do, read the reply, judge, and read the debrief.

function render({ model, el: root }) {
  const about = model.get("about");
  const ask = asker(model);
  const problem = complaint();
  const say = problem.say;
  const stage = el("div");
  let asked = [];
  let busy = false;

  function show(...nodes) {
    stage.replaceChildren(...nodes);
  }

  // --- Before it begins ---

  function begin(before) {
    const told = before?.html;
    show(
      el("p", {}, el("b", {}, "On the slip: "), about.slip),
      el("p", { class: "at-why" }, `${about.turns} turns. ${about.setting} Only what is said here counts, even if you have read this story before.`),
      el(
        "div",
        { class: "at-row" },
        pressed(told ? "Hold this interview again" : "Begin the interview", () => start([], true)),
        told ? pressed("Show the last debrief", () => debrief(told, true), true) : null,
      ),
    );
  }

  async function start(list, moved) {
    const view = await turn(list);
    if (!view) return;
    asked = list;
    ask.draft.set(about.id, { asked });
    talk(view, moved);
  }

  // The interview after these turns; null, with a reason told, when it cannot be had.
  async function turn(list) {
    if (busy) return null;
    busy = true;
    stage.setAttribute("aria-busy", "true");
    const view = await ask.next("turn", { interview: about.id, asked: list }, say);
    busy = false;
    stage.removeAttribute("aria-busy");
    say(view.problem ?? "");
    if (!view.problem) return view;
    ask.draft.clear(about.id);
    begin(null);
    problem.node.focus();
    return null;
  }

  // --- Turn by turn ---

  function talk(first, moved) {
    const now = el("div", { class: "at-now", role: "status" });
    const where = el("p", { class: "at-eyebrow" });
    const during = el("div", { class: "at-row at-during", role: "group", "aria-label": "While you talk" });
    const topics = el("div", { class: "at-topics" });
    const sofar = el("ol", { class: "at-turns" });
    const sofarTitle = el("summary");
    const notes = el("ul");
    const notesTitle = el("summary");
    const buttons = new Map(); // by ask
    const lists = new Map(); // by topic

    function put(entry, quiet) {
      let button = buttons.get(entry.id);
      if (!button) {
        button = el("button", { type: "button", class: quiet ? "at-chip" : "at-ask" }, entry.text);
        button.addEventListener("click", () => choose(entry.id));
        buttons.set(entry.id, button);
      }
      if (entry.asked && !button.dataset.asked) {
        button.dataset.asked = "yes";
        button.append(el("span", { class: "at-asked" }, " ✓ asked"));
      }
      return button;
    }

    function offer(topic) {
      // What must be at hand while the applicant speaks needs no topic to be opened.
      for (const entry of topic.asks.filter((each) => each.at_once)) {
        const button = put(entry, true);
        if (button.parentNode !== during) during.append(button); // to move it would drop its focus
      }
      const asks = topic.asks.filter((each) => !each.at_once);
      if (!asks.length) return;
      let list = lists.get(topic.id);
      if (!list) {
        const title = el("summary");
        list = { title, node: el("div") };
        lists.set(topic.id, list);
        topics.append(el("details", { class: "at-topic", "data-topic": topic.id }, title, list.node));
      }
      const open = asks.filter((entry) => !entry.asked).length;
      list.title.textContent = `${topic.title} (${open})`;
      asks.forEach((entry, i) => {
        const button = put(entry, false);
        if (list.node.children[i] !== button) list.node.insertBefore(button, list.node.children[i] ?? null);
      });
    }

    function update(view, moved) {
      const last = view.turns.at(-1);
      where.textContent = view.ended ? view.ended : `Turn ${view.turns.length + 1} of ${about.turns}`;
      now.replaceChildren(...(last ? exchange(last) : [el("p", {}, `${about.name} sits across from you. What do you ask or do first?`)]));
      sofarTitle.textContent = `Everything so far (${view.turns.length})`;
      for (const each of view.turns.slice(sofar.children.length)) sofar.append(el("li", {}, exchange(each)));
      notesTitle.textContent = `Your notes (${view.notes.length})`;
      notes.replaceChildren(...view.notes.map((text) => el("li", {}, text)));
      if (view.ended) return end(view);
      view.topics.forEach(offer);
      if (moved) now.scrollIntoView({ block: "center" });
    }

    async function choose(id) {
      const view = await turn([...asked, id]);
      if (!view) return;
      asked = [...asked, id];
      ask.draft.set(about.id, { asked });
      update(view, true);
    }

    function exchange(each) {
      return [
        el("p", { class: "at-you" }, each.step ? "" : el("b", {}, "You: "), each.said),
        el("p", { class: "at-they" }, each.by ? el("b", {}, each.by) : null, each.repeated ? "(once more) " : "", each.reply),
      ];
    }

    function end(view) {
      const judged = questionCard(view.judge, null, (answer) => finish(answer.response, judged));
      show(
        where,
        now,
        el("details", { open: true }, notesTitle, notes),
        el("details", {}, sofarTitle, sofar),
        judged.node,
        el("div", { class: "at-row" }, pressed("Leave this out and read the debrief", () => finish({}, judged), true)),
      );
      now.scrollIntoView({ block: "center" });
      now.tabIndex = -1;
      now.focus({ preventScroll: true });
    }

    show(
      where,
      now,
      during,
      topics,
      el("details", {}, notesTitle, notes),
      el("details", {}, sofarTitle, sofar),
      el("div", { class: "at-row" }, pressed("Begin anew", anew, true)),
    );
    update(first, false);
    if (moved && !first.ended) {
      now.tabIndex = -1;
      now.focus();
    }
  }

  function anew() {
    if (asked.length && !confirm("Begin this interview anew? The turns so far are lost.")) return;
    ask.draft.clear(about.id);
    asked = [];
    start([], true);
  }

  // --- The end ---

  async function finish(found, judged) {
    if (busy) return;
    busy = true;
    const told = await ask.finish(about.id, { asked, found }, say);
    busy = false;
    say("");
    if (told.problem) return judged.tell({ problem: told.problem }, false);
    judged.stop();
    ask.draft.clear(about.id);
    debrief(told.html, true);
  }

  function debrief(html, moved) {
    const node = toldNode(html, pressed("Hold this interview again", () => start([], true), true));
    show(node);
    if (!moved) return;
    node.scrollIntoView({ block: "start" });
    node.focus({ preventScroll: true });
  }

  root.append(playedCard(about, "Practice interview", problem.node, stage));
  begin(null);
  const kept = ask.draft.get(about.id);
  if (kept?.asked?.length) start(kept.asked, false);
  else ask.earlier(about.id).then((before) => before && !asked.length && !busy && begin(before));
}

export default { render };
