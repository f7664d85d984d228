// Opens the page of legal terms over the lesson, so that nobody loses their place to look one up.
// Without this script the link opens the page itself.
(function () {
  "use strict";
  var panel = null;

  document.addEventListener("DOMContentLoaded", function () {
    var link = document.getElementById("words");
    if (!link || location.pathname === link.pathname) return;
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.href);
    });
  });

  async function open(address) {
    try {
      panel = panel || build(await words(address));
    } catch (_) {
      location.assign(address); // the page itself says what is wrong
      return;
    }
    panel.showModal();
  }

  async function words(address) {
    var answer = await fetch(address, { headers: globalThis.asylumTeach.proof() });
    if (!answer.ok) throw new Error(answer.status);
    var page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("dl.words");
  }

  function build(list) {
    var dialog = document.createElement("dialog");
    dialog.className = "words-panel";
    dialog.setAttribute("aria-labelledby", "words-title");
    var title = make("h2", "Words");
    title.id = "words-title";
    var close = make("button", "Back to the page");
    close.type = "button";
    close.className = "at-btn at-quiet";
    close.addEventListener("click", function () { dialog.close(); });
    var label = make("label", "Find a word");
    var search = document.createElement("input");
    search.type = "search";
    label.append(search);
    var none = make("p", "");
    none.setAttribute("role", "status");
    search.addEventListener("input", function () {
      var sought = search.value.trim().toLowerCase(), found = 0;
      for (var entry of list.children) {
        entry.hidden = !entry.dataset.word.toLowerCase().includes(sought);
        if (!entry.hidden) found += 1;
      }
      none.textContent = found ? "" : "There is no such word here.";
    });
    dialog.append(title, close, label, none, list);
    document.body.append(dialog);
    return dialog;
  }

  function make(tag, text) {
    var node = document.createElement(tag);
    node.textContent = text;
    return node;
  }
})();
