// What every widget is built from.  Text is always set as text, never as HTML.

let lastId = 0;

function newId(prefix) {
  lastId += 1;
  return `at-${prefix}-${lastId}-${Math.random().toString(36).slice(2, 7)}`;
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// Prose with *emphasis*, as writers of cases use it.
function prose(text) {
  return text.split(/\*([^*]+)\*/).map((part, i) => (i % 2 ? el("em", {}, part) : part));
}
