// A page that waits for a place: it asks where it stands, says so, and opens the lesson in its turn.
const place = document.getElementById("waiting"), said = place.querySelector("p");
const base = document.documentElement.dataset.base;
const LOST = "There is no connection to this site. Your place is kept for a minute; this page goes on asking.";

function held() {
  try { return sessionStorage.getItem("asylum-teach-place") || ""; } catch (_) { return ""; }
}

function people(count) { return count === 1 ? "1 person is" : `${count} people are`; }

function sentence({ place: mine, minutes }) {
  const before = mine === 1 ? "You are the next" : `${people(mine - 1)} before you`;
  const wait = minutes ? `; this takes about ${minutes} minute${minutes === 1 ? "" : "s"}` : "";
  return `Your place is kept. ${before}${wait}.`;
}

// The sentence is announced only when it says something else.
function say(words) { if (said.textContent !== words) said.textContent = words; }

async function ask() {
  let again = 5;
  try {
    const answer = await fetch(`${base}wait/${place.dataset.ticket}?left=${held()}`, { cache: "no-store", headers: globalThis.asylumTeach.proof() });
    const told = await answer.json();
    if (told.state !== "wait") return location.replace(place.dataset.address + location.hash);
    again = told.again;
    say(sentence(told));
  } catch (_) {
    say(LOST);
  }
  setTimeout(ask, 1000 * again);
}

// A reload then asks with the same ticket, and loses no place.
history.replaceState(null, "", place.dataset.address + location.hash);
ask();
