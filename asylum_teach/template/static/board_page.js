// The screen of a class session, and what its teacher presses.
const root = document.getElementById("board");
const session = root.dataset.session;
const base = document.documentElement.dataset.base;
const AGAIN = 1000; // milliseconds until what failed is tried again
const byId = (id) => document.getElementById(id);
let view = null;
let drawn = ""; // the case whose questions and facts are on offer
let acted = {}; // on which version of the class, and what was done
const waiting = []; // presses that wait until the screen shows what came of an earlier one

// At a hub: what no page of another user has.
function proof() { return /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? ""; }

async function call(path, body) {
  const answer = await fetch(`${base}class/${session}/${path}`, {
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": "application/json", "X-XSRFToken": proof() },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.problem || "Something went wrong; reload the page."), { told: true, status: answer.status });
  return told;
}

async function act(action) {
  const what = JSON.stringify(action);
  while (!view || (acted.version === view.version && acted.what !== what)) await new Promise((done) => waiting.push(done));
  const { version } = view;
  if (acted.version === version) return; // pressed twice on what the screen shows: it means the same
  acted = { version, what };
  byId("problem").textContent = "";
  try {
    await call("do", { ...action, version });
  } catch (error) {
    acted = {};
    byId("problem").textContent = error.told ? error.message : "There is no connection to this site. Try again in a moment.";
    goOn();
  }
}

function goOn() { for (const done of waiting.splice(0)) done(); }

async function follow() {
  let seen = 0;
  for (;;) {
    try {
      view = await call("state", { seen });
      seen = view.seen;
      if (byId("problem").dataset.lost) {
        byId("problem").textContent = "";
        delete byId("problem").dataset.lost;
      }
      show();
      goOn();
      if (view.over) return;
    } catch (error) {
      if (error.told && error.status < 500) return (byId("problem").textContent = error.message);
      byId("problem").dataset.lost = "yes";
      byId("problem").textContent = "The connection is gone. This page tries again by itself.";
      seen = 0;
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  }
}

function show() {
  byId("join").hidden = view.over;
  byId("join").classList.toggle("later", Boolean(view.case)); // late joiners still find the code
  const here = view.joined === 1 ? "1 learner is here." : `${view.joined} learners are here.`;
  const votes = view.question ? ` ${view.votes} voted.` : "";
  byId("count").textContent = view.over ? "This session is over." : here + votes;
  story();
  question();
  spread();
  byId("told").replaceChildren();
  if (view.told) {
    const told = el("div", { class: "at-card" });
    told.innerHTML = view.told; // made by markup.py, which escapes every text
    byId("told").replaceChildren(told);
  }
  controls();
}

function story() {
  if (!view.case) return byId("story").replaceChildren();
  const told = view.sentences.map((text, i) => el("p", { class: i + 1 === view.sentences.length ? "newest" : "" }, prose(text)));
  const open = byId("story").querySelector("details")?.open;
  const all = [el("p", { class: "at-why" }, `${view.setting} Content note: ${view.note}`), ...told];
  byId("story").replaceChildren(
    el("h2", {}, view.case),
    ...(view.question ? [el("details", { open }, el("summary", {}, "The story"), all)] : all),
  );
}

function question() {
  if (!view.question) return byId("question").replaceChildren();
  const { stem, options = [], parts = [], rows = [], choices = [] } = view.question;
  const list = (some) => el("ol", { type: "A" }, some.filter((option) => option.id).map((option) => el("li", {}, prose(option.text))));
  byId("question").replaceChildren(
    el("p", { class: "at-stem" }, prose(stem)),
    view.voting
      ? el(
          "div",
          {},
          options.length ? list(options) : null,
          parts.map((part) => el("div", {}, el("p", {}, part.text), list(part.options))),
          rows.length ? el("ul", {}, rows.map((row) => el("li", {}, row.text))) : null,
          choices.length ? el("p", { class: "at-why" }, choices.map((choice) => choice.text).join(" / ")) : null,
        )
      : "",
  );
}

function spread() {
  if (!view.spread) return byId("spread").replaceChildren();
  const share = view.spread.share;
  byId("spread").replaceChildren(
    view.before ? bars(view.before.title, view.before) : "",
    bars(view.spread.title, view.spread),
    el("p", { class: "proposal" }, view.proposal, share === null ? "" : ` (${Math.round(100 * share)} % right)`),
  );
  byId("spread").className = view.before ? "two" : "";
}

function bars(title, told) {
  const most = Math.max(1, told.votes);
  return el(
    "section",
    { "aria-label": title },
    el("h3", {}, `${title}: ${told.votes} voted`),
    told.parts.map((part) =>
      el(
        "div",
        {},
        part.title ? el("h4", {}, part.title) : null,
        el(
          "ul",
          { class: "bars" },
          part.bars.map((bar) =>
            el(
              "li",
              { class: bar.key ? "key" : "" },
              el("span", { class: "label" }, bar.key ? "✓ " : "", prose(bar.label)),
              el("span", { class: "bar", "aria-hidden": "true" }, el("i", { style: `width:${(100 * bar.count) / most}%` })),
              el("b", {}, String(bar.count)),
            ),
          ),
        ),
      ),
    ),
  );
}

function controls() {
  const button = (text, action, quiet = true) =>
    el("button", { type: "button", class: quiet ? "at-btn at-quiet" : "at-btn", onclick: () => act(action) }, text);
  const has = document.activeElement?.textContent;
  const now = [];
  if (!view.over && view.case && !view.question && view.more) now.push(button("Next sentence", { do: "read" }, false), button("The whole story", { do: "read", all: true }));
  if (view.voting) now.push(button("Close the vote", { do: "close" }, false));
  if (view.question && !view.voting && !view.revealed) now.push(button("Show the answer", { do: "reveal" }, false));
  if (view.question && !view.voting && !view.over) now.push(button("Vote again", { do: "again" }), button("Back to the story", { do: "story" }));
  byId("buttons").replaceChildren(...now);
  now.find((each) => each.textContent === has)?.focus();
  for (const id of ["choose", "ask", "flip"]) byId(id).hidden = view.over || view.voting || (id !== "choose" && !view.case);
  if (view.case_id && view.case_id !== drawn) offer();
}

async function offer() {
  const mine = (drawn = view.case_id);
  const told = await call("case", { case: mine }).catch(() => null);
  if (mine !== drawn) return; // another case was put on meanwhile
  if (!told) {
    drawn = "";
    return setTimeout(controls, AGAIN);
  }
  const { items, has, facts } = told;
  byId("items").replaceChildren(
    ...items.map((item) =>
      el("p", {}, el("button", { type: "button", class: "at-ask", onclick: () => close("ask", { do: "ask", item: item.id }) }, prose(item.stem))),
    ),
  );
  const select = (id, groups) =>
    el("select", { id }, groups.map((group) => el("optgroup", { label: group.title }, group.facts.map((fact) => el("option", { value: fact.id }, fact.text)))));
  byId("facts").replaceChildren(
    el("p", { class: "at-field" }, el("label", { for: "remove" }, "Take one fact away"), select("remove", has)),
    el("p", {}, flipButton("remove", "Vote without it")),
    el("p", { class: "at-field" }, el("label", { for: "add" }, "Add one fact"), select("add", facts)),
    el("p", {}, flipButton("add", "Vote with it")),
  );
}

function flipButton(kind, text) {
  return el("button", { type: "button", class: "at-btn at-quiet", onclick: () => close("flip", { do: "flip", [kind]: byId(kind).value }) }, text);
}

function close(id, action) {
  byId(id).open = false;
  act(action);
}

byId("put").addEventListener("click", () => close("choose", { do: "put", case: byId("case").value }));
byId("end").addEventListener("click", () => act({ do: "end" }));
for (const each of document.querySelectorAll("[data-flip]")) {
  each.addEventListener("click", () => close("flip", { do: "flip", [each.dataset.flip]: byId(each.dataset.flip).value }));
}
follow();
byId("controls").hidden = false; // not before somebody hears what is pressed
