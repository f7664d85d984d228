// What is played turn by turn: an interview, or a script.  What comes next is asked for, so that
// nothing of what is to be found lies in the page.

// next(path, body, tell): from the server where a page keeps a record, else from the kernel.
function asker(model) {
  const record = globalThis.asylumTeach;
  let last = 0;
  function kernel(request) {
    last += 1;
    const n = last;
    return new Promise((done) => {
      function listen() {
        const told = model.get("told");
        if (told.n !== n) return;
        model.off("change:told", listen);
        done(told);
      }
      model.on("change:told", listen);
      model.set("request", { n, ...request });
      model.save_changes();
    });
  }
  return {
    next: (path, body, tell) => (record ? record.ask(path, body, tell) : kernel(body)),
    // Hand the response in to be kept and explained.
    finish(name, response, tell) {
      const answer = { case: name, item: name, response, n: last + 1 };
      if (record) return record.answer({ ...answer, seconds: record.seconds() }, tell);
      return kernel({ answer });
    },
    // What is under way, kept by this browser; a notebook keeps nothing.
    draft: {
      get: (name) => record?.drafts.get(`${name}/${name}`) ?? null,
      set: (name, value) => record?.drafts.set(`${name}/${name}`, value),
      clear(name) {
        record?.drafts.clear(`${name}/${name}`);
        record?.drafts.clear(`${name}/judged`);
      },
    },
    earlier: async (name) => (record ? record.earlier(name, name) : null),
  };
}

function playedCard(about, label, ...stages) {
  return el(
    "section",
    { class: "at-card at-talk", "aria-label": `${label}: ${about.title}`, "data-items": `${about.id}/${about.id}` },
    el("p", { class: "at-eyebrow" }, `Content note: ${about.content_note}`),
    el("h3", {}, about.title),
    stages,
  );
}

// What stands in the way, with what can be done about it.
function complaint() {
  const node = el("p", { class: "at-problem", role: "alert", tabindex: "-1" });
  function say(why, action) {
    if (node.textContent === why && !action) return;
    const button = action ? pressed(action.text, () => (node.replaceChildren(), action.act()), true) : null;
    node.replaceChildren(why, ...(button ? [el("br"), button] : []));
  }
  return { node, say };
}

function pressed(text, act, quiet = false) {
  return el("button", { type: "button", class: quiet ? "at-btn at-quiet" : "at-btn", onclick: act }, text);
}

// The end of it: HTML that markup.py made, which escapes every text.
function toldNode(html, again) {
  const told = el("div", { tabindex: "-1", class: "at-told-last" });
  told.innerHTML = html;
  told.append(el("div", { class: "at-row" }, again));
  return told;
}
