// A class on a learner's phone: join, read along, vote.  The screen's news is waited for; a phone
// that dropped asks again and is where the class is.
const record = globalThis.asylumTeach;
const NAME = "asylum-teach.class";
const AGAIN = 1500; // milliseconds until a lost connection is tried again
const byId = (id) => document.getElementById(id);
let joined = read();
let asking = 0; // a number for each class that was joined, so that an older one stops asking
let shown = ""; // the round and what of it is on the page
let card = null;
let latest = null; // what the class showed last

function read() { try { return JSON.parse(record.store.get(NAME)); } catch (_) { return null; } }

function say(text) { if (byId("state").textContent !== text) byId("state").textContent = text; }

function problem(text) { byId("problem").textContent = text; }

function pause(milliseconds) { return new Promise((done) => setTimeout(done, milliseconds)); }

byId("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = byId("code").value.trim(), name = byId("name").value.trim();
  if (!code || !name) return problem("Type the code on the screen, and a name.");
  try {
    const told = await record.call("POST", "/class/enter", { code, name });
    record.nowKnown();
    joined = told;
    record.store.set(NAME, JSON.stringify(joined));
    problem("");
    follow();
  } catch (error) {
    problem(error instanceof record.Refused ? error.message : "There is no connection to this site. Try again in a moment.");
  }
});

byId("leave").addEventListener("click", () => {
  record.store.remove(NAME);
  joined = null;
  asking += 1;
  shown = "";
  byId("class").hidden = true;
  byId("join").hidden = false;
  document.querySelector("h1").textContent = "Join a class";
  byId("code").focus();
});

async function follow() {
  const mine = ++asking;
  let seen = 0;
  byId("join").hidden = true;
  byId("class").hidden = false;
  while (mine === asking) {
    try {
      const view = await record.call("POST", "/class/state", { session: joined.session, seen }, { patient: true });
      if (mine !== asking) return;
      seen = view.seen;
      show(view);
      if (view.over) return;
    } catch (error) {
      if (error instanceof record.Refused && error.status < 500) return lost(error.message);
      say("The connection is gone. This page tries again by itself; your votes are safe.");
      await pause(AGAIN);
      seen = 0; // whatever is shown next, it takes this sentence away
    }
  }
}

function lost(why) {
  byId("leave").click();
  problem(why);
}

function show(view) {
  latest = view;
  document.querySelector("h1").textContent = view.title;
  byId("who").textContent = `You are ${view.name} in this class.`;
  story(view);
  const round = `${view.round ?? ""}/${view.voted}/${view.voting}/${Boolean(view.told)}`;
  if (view.over) say("This class is over. Your votes are in your record.");
  else if (!view.question) say(view.case ? "Read along. A question follows." : "You are in. Look at the screen.");
  else if (view.told) say(view.voted ? "The answer is shown. Here is what your vote says." : "The answer is shown. You did not vote.");
  else if (view.voted) say("Your vote is in.");
  else say(view.voting ? "Vote now." : "The vote is closed.");
  if (round === shown) return;
  shown = round;
  question(view);
}

function story(view) {
  if (!view.case) return byId("story").replaceChildren();
  const told = [
    el("p", { class: "at-why" }, `Content note: ${view.note} ${view.setting}`),
    ...view.sentences.map((text) => el("p", {}, prose(text))),
  ];
  const open = byId("story").querySelector("details")?.open;
  byId("story").replaceChildren(
    el("h2", {}, view.case),
    ...(view.question ? [el("details", { open }, el("summary", {}, "The story"), told)] : told),
  );
}

function question(view) {
  const place = byId("question");
  card?.stop();
  card = null;
  if (!view.question) return place.replaceChildren();
  if (view.told) {
    const told = el("div", { class: "at-card" }, el("p", { class: "at-stem" }, prose(view.question.stem)), el("div"));
    told.lastChild.innerHTML = view.told; // made by markup.py, which escapes every text
    return place.replaceChildren(told);
  }
  if (view.voted || !view.voting) {
    return place.replaceChildren(el("div", { class: "at-card" }, el("p", { class: "at-stem" }, prose(view.question.stem))));
  }
  const mine = questionCard({ ...view.question, case: `class/${joined.session}/${view.round}` }, null, (answer) => vote(view.round, answer.response, mine));
  card = mine;
  place.replaceChildren(el("div", { class: "at-card" }, mine.node));
}

async function vote(round, response, mine) {
  const { session } = joined, here = asking;
  while (here === asking) { // a vote that waits is of this class, and of no other
    try {
      await record.call("POST", "/class/vote", { session, round, response });
      if (here === asking) show({ ...latest, voted: true });
      return;
    } catch (error) {
      if (here !== asking) return;
      if (error instanceof record.Refused && error.status < 500) return mine.tell({ problem: error.message }, false);
      mine.waits("Not counted yet: there is no connection. Your vote is sent by itself once it is back.", null);
      await pause(AGAIN);
    }
  }
}

if (joined && ["", joined.code].includes(byId("code").value)) follow();
byId("enter").disabled = false;
