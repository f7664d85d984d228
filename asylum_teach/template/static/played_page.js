// One interview, or one script, on a page of its own: no kernel is needed.
const played = document.getElementById("played");
const said = JSON.parse(played.dataset.about);
render({ model: { get: () => said }, el: played });
