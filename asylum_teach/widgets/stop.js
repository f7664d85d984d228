// A script that plays line by line; the learner, or a class, stops it at its errors.

// big: one screen for a class, of which nothing is kept.
function render({ model, el: root, big = false }) {
  const about = model.get("about");
  const ask = asker(model);
  const problem = complaint();
  const say = problem.say;
  const stage = el("div");
  let script = null;
  let shown = 0;
  let stops = {}; // by line: the error

  function keep() {
    if (!big) ask.draft.set(about.id, { shown, stops });
  }

  function begin(before) {
    stage.replaceChildren(
      el("p", {}, about.setting),
      el("p", { class: "at-why" }, `${about.lines} lines. Some are wrong, and some only look so. Press Stop as soon as you see an error; then say what it is. What was wrong is told at the end.`),
      el(
        "div",
        { class: "at-row" },
        pressed(before ? "Play it again" : "Play", () => play({ shown: 1, stops: {} }, true)),
        before ? pressed("Show the last marking", () => marking(before.html), true) : null,
        big ? null : bigLink(),
      ),
    );
  }

  function bigLink() {
    if (!globalThis.asylumTeach) return null; // a notebook has no server of ours
    return el("a", { href: globalThis.asylumTeach.page(`stop/${about.id}`), class: "at-chip" }, "For a class: on one screen");
  }

  async function play(from, moved) {
    script ??= await ask.next("script", { script: about.id }, say);
    say(script.problem ?? "");
    if (script.problem) return;
    shown = Math.min(from.shown, script.lines.length);
    stops = from.stops;
    lines(moved);
  }

  function lines(moved) {
    const list = el("ol", { class: "at-turns" });
    const where = el("p", { class: "at-eyebrow" });
    const next = pressed("Next line", forward);
    const stop = pressed("Stop!", () => asking.open(), true);
    stop.classList.add("at-stop");
    const asking = stopForm();
    const row = el("div", { class: "at-row at-play" }, next, stop);

    function line(number) {
      const { who, text, lang, gloss } = script.lines[number];
      const said = el("p", {}, el("b", {}, `${who}: `), el("span", { lang }, text));
      const mark = el("p", { class: "at-stopped" });
      const node = el("li", {}, said, gloss ? el("p", { class: "at-why" }, `Word for word: ${gloss}`) : null, mark);
      node.write = () => {
        const error = stops[number];
        mark.replaceChildren();
        if (!error) return;
        const undo = el("button", { type: "button", class: "at-chip", "aria-label": `Take back the stop at line ${number + 1}` }, "Take back");
        undo.addEventListener("click", () => {
          delete stops[number];
          keep();
          node.write();
          stop.focus();
        });
        mark.append(`✋ ${script.errors.find((each) => each.id === error).text}. `, undo);
      };
      node.write();
      return node;
    }

    function write() {
      while (list.children.length < shown) list.append(line(list.children.length));
      where.textContent = `Line ${shown} of ${script.lines.length}`;
      next.textContent = shown < script.lines.length ? "Next line" : "See what there was to stop";
    }

    function forward() {
      if (shown >= script.lines.length) return finish();
      shown += 1;
      keep();
      write();
      list.lastChild.scrollIntoView({ block: "center" });
    }

    function stopForm() {
      const node = el("div");
      function close() {
        node.replaceChildren();
        row.hidden = false;
        (big ? next : stop).focus(); // a class goes on with the space bar
      }
      function open() {
        const last = [shown, shown - 1, shown - 2].filter((number) => number > 0);
        const which = el("select", { id: newId("line") }, last.map((number) =>
          el("option", { value: number - 1 }, `Line ${number}: ${script.lines[number - 1].text.slice(0, 40)}…`)));
        const kinds = optionList("radio", script.errors);
        const missing = el("p", { class: "at-problem", role: "alert" });
        function mark() {
          const [error] = kinds.read();
          if (!error) return (missing.textContent = "Say what it is first.");
          stops[Number(which.value)] = error;
          keep();
          list.children[Number(which.value)].write();
          close();
        }
        node.replaceChildren(
          el("div", { class: "at-field" }, el("label", { for: which.id }, "At which line?"), which),
          el("fieldset", { class: "at-kinds" }, el("legend", { class: "at-stem" }, "What is wrong?"), kinds.node),
          missing,
          el("div", { class: "at-row" }, pressed("Mark it", mark), pressed("Nothing, go on", close, true)),
        );
        row.hidden = true;
        which.focus();
      }
      return { node, open };
    }

    stage.replaceChildren(
      where,
      el("div", { role: "log", "aria-label": "The lines so far" }, list),
      row,
      asking.node,
      el("div", { class: "at-row" }, pressed("Begin anew", () => play({ shown: 1, stops: {} }, true), true)),
    );
    write();
    keep();
    if (moved) next.focus();
    if (big) {
      document.onkeydown = (event) => {
        const on = event.target.closest("button, select, input, a");
        if (row.hidden || on?.matches("select, input")) return;
        if (event.key === "ArrowRight" || (event.key === " " && !on)) (event.preventDefault(), forward());
        if (event.key.toLowerCase() === "s") asking.open();
      };
    }
  }

  async function finish() {
    const list = Object.entries(stops).map(([number, error]) => [Number(number), error]);
    const told = big
      ? await ask.next("marked", { script: about.id, stops: list }, say)
      : await ask.finish(about.id, { stops: list }, say);
    say(told.problem || "");
    if (told.problem) return;
    if (!big) ask.draft.clear(about.id);
    marking(told.html);
  }

  function marking(html) {
    if (big) document.onkeydown = null;
    const node = toldNode(html, pressed("Play it again", () => play({ shown: 1, stops: {} }, true), true));
    stage.replaceChildren(node);
    node.scrollIntoView({ block: "start" });
    node.focus({ preventScroll: true });
  }

  root.append(playedCard(about, "Stop!", problem.node, stage));
  begin(null);
  const kept = big ? null : ask.draft.get(about.id);
  if (kept?.shown) play(kept, false);
  else if (!big) ask.earlier(about.id).then((before) => before?.html && !shown && begin(before));
}

export default { render };
