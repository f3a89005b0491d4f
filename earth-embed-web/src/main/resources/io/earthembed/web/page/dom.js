// Small helpers for the page's elements. Texts become text nodes, never markup.

/**
 * Returns the element with an id, which the page must have.
 * @param {string} id
 * @returns {any}
 */
export function $(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error("no element " + id);
  return found;
}

/**
 * Makes an element. Properties that begin with "on" are listeners; false and null leave an attribute out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null)} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter(child => child !== null));
  return node;
}

/** Makes an icon of the page's sprite. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS(svg.namespaceURI || "", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", "#i-" + name);
  svg.append(use);
  return svg;
}

/** Shows a text at its place, or hides that place if there is none. @param {string} id @param {string} [text] */
export function say(id, text = "") {
  const node = $(id);
  node.textContent = text;
  node.dir = "auto";
  node.hidden = !text;
}

let toastTimer = 0;
/** Shows a message for some seconds. @param {string} text */
export function toast(text) {
  say("toast", text);
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => say("toast"), 3500);
}

/**
 * Returns a function that calls another once calls have ceased for a while.
 * @param {() => void} act
 * @param {number} ms
 */
export function settled(act, ms) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, ms);
  };
}
