// The place in a lesson: a learner who comes back is where they stopped, on this device to the
// line, on another at the question that they answered last.
(function () {
  "use strict";
  const record = globalThis.asylumTeach;
  const NAME = "asylum-teach.place." + (document.body.dataset.lesson || "");
  const WAIT = 400; // milliseconds without scrolling
  const SETTLING = 600; // milliseconds in which cards take their last height
  let timer = 0, moved = false, restored = false;

  function blocks() { return [...document.querySelectorAll("#content > *")].filter((b) => b.id !== "opening"); }

  // The first block that reaches into view, and how far it is above the top.
  function here() {
    const all = blocks();
    const block = all.findIndex((b) => b.getBoundingClientRect().bottom > 60);
    return block < 0 ? null : { block, above: Math.round(all[block].getBoundingClientRect().top) };
  }

  function keep() {
    if (!restored) return;
    const place = scrollY > 200 ? here() : null;
    if (place) record.store.set(NAME, JSON.stringify(place));
    else record.store.remove(NAME);
  }

  function kept() { try { return JSON.parse(record.store.get(NAME)); } catch (_) { return null; } }

  function back() {
    if (restored) return;
    restored = true;
    if (moved || location.hash) return;
    const place = kept(), block = place && blocks()[place.block];
    if (block) to(block, place.above);
    else toLastAnswer();
  }

  // Answers given before make the cards above taller, and may come late.  Until they are here, and
  // as long as the reader does nothing, the place is held.
  async function to(node, above) {
    const held = new ResizeObserver(() => moved || align(node, above)); // begins at once
    held.observe(document.getElementById("content"));
    say();
    await record.earlierTold();
    setTimeout(() => held.disconnect(), SETTLING);
  }

  function align(node, above) {
    const root = document.documentElement.style;
    root.scrollBehavior = "auto";
    scrollTo(0, scrollY + node.getBoundingClientRect().top - above);
    root.scrollBehavior = "";
  }

  // On another device there is no line to go back to, but the record knows the last answer.
  async function toLastAnswer() {
    if (!record.known()) return;
    const cards = [...document.querySelectorAll("[data-items]")];
    const last = (await Promise.all(cards.map(async (card) => {
      const found = await Promise.all(card.dataset.items.split(" ").map((name) => record.earlier(...name.split("/"))));
      return { card, serial: Math.max(0, ...found.map((answer) => answer?.serial ?? 0)) };
    }))).sort((a, b) => b.serial - a.serial)[0];
    if (last?.serial && !moved) to(last.card, 80);
  }

  function say() {
    const note = document.createElement("p"), top = document.createElement("button");
    note.className = "back";
    note.setAttribute("role", "status");
    top.type = "button";
    top.className = "at-btn at-quiet";
    top.textContent = "Go to the top";
    top.addEventListener("click", () => { note.remove(); scrollTo(0, 0); });
    note.append("You are back where you stopped. ", top);
    document.body.append(note);
    setTimeout(() => note.remove(), 8000);
  }

  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(kind, () => { moved = true; restored = true; }, { passive: true, once: true });
  }
  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(keep, WAIT); }, { passive: true });
  addEventListener("pagehide", keep);
  document.addEventListener("lesson-open", () => setTimeout(back, 250)); // most answers given before are here by then
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
})();
