// Texts about tiles that the static map page and the explorer show.

/**
 * Returns a place as degrees with hemispheres.
 * @param {number} lat
 * @param {number} lon
 */
export const placeText = (lat, lon) =>
  `${Math.abs(lat).toFixed(4)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(4)}° ${lon < 0 ? "W" : "E"}`;

/**
 * Returns the name of a grid cell.
 * @param {number} row
 * @param {number} column
 */
export const cellText = (row, column) =>
  Math.abs(row) + (row < 0 ? "D" : "U") + "_" + Math.abs(column) + (column < 0 ? "L" : "R");

/**
 * Cuts an id in its middle: ids differ at their ends.
 * @param {string} text
 * @param {number} max
 */
export const middle = (text, max) => {
  const all = [...text];
  return all.length <= max ? text : all.slice(0, max / 2).join("") + "…" + all.slice(1 - max / 2).join("");
};

/**
 * Appends an element with a text, which is never read as markup, and returns it.
 * @param {Element} parent
 * @param {string} tag
 * @param {string} text
 * @param {string} [name] the element's class
 */
export function line(parent, tag, text, name) {
  const node = document.createElement(tag);
  node.textContent = text;
  node.dir = "auto";
  if (name) node.className = name;
  parent.append(node);
  return node;
}

/**
 * Puts a text into the clipboard; returns whether that was possible.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    const focused = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    return done;
  }
}
