// The page "Your record": see, carry and erase what is kept; make a training record.
(function () {
  "use strict";
  const record = globalThis.asylumTeach;
  const by = (id) => document.getElementById(id);
  const told = by("told");
  const NONE = "This browser has no record yet: nothing is stored about you. It begins with your first answer.";

  function say(text) {
    told.textContent = text;
    if (text) told.scrollIntoView({ block: "nearest" });
  }

  // Do something that asks the server, and say in words how it went.
  function does(id, event, act) {
    by(id)?.addEventListener(event, async (happened) => {
      happened.preventDefault();
      say("One moment…");
      try {
        const done = (await act(happened)) ?? "";
        say(record.hub ? done : `${done} ${record.unkept()}`.trim());
      } catch (error) {
        say(error instanceof record.Refused ? error.message : "There is no connection to this site. Nothing was changed; try again in a moment.");
      }
    });
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  const today = () => new Date().toISOString().slice(0, 10);

  does("make-code", "click", async () => {
    const { code } = await record.call("POST", "code", {});
    record.nowKnown();
    by("code").textContent = code;
    by("code").hidden = false;
    return "Write this code down now; it is shown once.";
  });

  let sure = false;
  does("enter", "submit", async () => {
    const typed = by("typed").value.trim();
    if (!typed) return "Type a code first.";
    if (record.known() && !sure) {
      sure = true;
      return "This browser has a record already. To open the other one leaves it behind: make a code for it first, or download its progress file. Press “Open it here” again to go on.";
    }
    await record.enter(typed);
    sure = false;
    by("typed").value = "";
    await sheets();
    return "The record is open in this browser now. Go on with the lessons.";
  });

  does("download", "click", async () => {
    if (!record.known()) return NONE;
    save(await record.call("GET", "file", undefined, { raw: true }), `asylum-teach-progress-${today()}.json`);
    return "The progress file was downloaded.";
  });

  does("bring", "submit", async () => {
    const file = by("chosen").files[0];
    if (!file) return "Choose a file first.";
    const { found, new: fresh } = JSON.parse(await (await record.call("POST", "file", file, { raw: true })).text());
    record.nowKnown();
    by("chosen").value = "";
    return `${found} answers are in the file; ${fresh} were new here.`;
  });

  does("name", "submit", async () => {
    const { name } = await record.call("POST", "name", { name: by("chosen-name").value });
    record.nowKnown();
    by("chosen-name").value = name;
    return name ? `The sheet will bear the name ${name}.` : "No name is stored.";
  });

  does("train", "click", async () => {
    if (!record.known()) return NONE;
    await record.call("POST", "training", {});
    await sheets();
    return "The training record was made. Download it below.";
  });

  does("show", "click", async () => {
    if (!record.known()) return NONE;
    by("about").textContent = JSON.stringify(await record.call("GET", "about"), null, 1);
    by("about").hidden = false;
    return "";
  });

  does("save", "click", async () => {
    if (!record.known()) return NONE;
    save(await record.call("GET", "about", undefined, { raw: true }), `asylum-teach-record-${today()}.json`);
    return "It was downloaded.";
  });

  by("erase").addEventListener("click", () => { by("sure").hidden = false; by("no").focus(); });
  by("no").addEventListener("click", () => { by("sure").hidden = true; by("erase").focus(); });
  does("yes", "click", async () => {
    if (record.known()) await record.call("POST", "erase", {});
    record.forget();
    by("sure").hidden = by("about").hidden = true;
    if (by("code")) by("code").hidden = true;
    by("sheets")?.replaceChildren();
    if (by("chosen-name")) by("chosen-name").value = "";
    return record.alone ? "Everything about you is erased from this browser." : "Everything about you is erased, here and on the server.";
  });

  // The training records made so far, and the name.
  async function sheets() {
    if (!by("sheets") || !record.known()) return;
    const about = await record.call("GET", "about");
    by("chosen-name").value ||= about.name;
    by("sheets").replaceChildren(...about.training_records.map(({ code, issued }) => {
      const line = document.createElement("li");
      line.append(`${issued.slice(0, 10)}, verification code ${code}: `);
      for (const [kind, words] of [["html", "for print (HTML)"], ["docx", "for Word (DOCX)"]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "at-btn at-quiet";
        button.textContent = words;
        button.addEventListener("click", async () => {
          try {
            save(await record.call("GET", `training/${code}.${kind}`, undefined, { raw: true }), `training-record-${code}.${kind}`);
          } catch (error) {
            say(error instanceof record.Refused ? error.message : "There is no connection to this site.");
          }
        });
        line.append(button, " ");
      }
      return line;
    }));
  }

  for (const button of document.querySelectorAll("main button")) button.disabled = false;

  if (!record.known()) say(NONE);
  else sheets().catch((error) => say(error instanceof record.Refused ? error.message : "There is no connection to this site."));
  if (record.unkept() && !record.hub) say(record.unkept());
})();
