// A script on one screen, for a class: no kernel, and nothing is kept.
const place = document.getElementById("script");
const about = JSON.parse(place.dataset.about);
render({ model: { get: () => about }, el: place, big: true });
