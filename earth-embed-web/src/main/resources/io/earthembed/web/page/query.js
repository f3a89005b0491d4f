// The query box: a text, and any number of other parts, each with a weight.
import { api, isCanceled } from "./api.js";
import { analysisName } from "./analysis.js";
import { $, h, icon, say } from "./dom.js";
import { middle } from "./map/text.js";
import { recent, state } from "./state.js";
import { errorWords, t } from "./words.js";

/** @typedef {import("./state.js").Part} Part */

/**
 * What the box tells the page.
 * @typedef {{run: () => void, explorers: () => import("./api.js").Explorer[], goTo: (address: string) => void, maxBytes: () => number, examples: () => string[],
 *   pickPlace: (then: (lat: number, lon: number) => void) => void}} Owner
 */

/** @type {Owner} */
let owner;

/** Reads a place such as "30.2, 120.1" or "30.2 N 120.1 E"; null if the text is none. @param {string} text */
export function parsePlace(text) {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*°?\s*([NSns])?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*([EWew])?\s*$/.exec(text);
  if (!found) return null;
  const lat = Number(found[1]) * (/s/i.test(found[2] || "") ? -1 : 1), lon = Number(found[3]) * (/w/i.test(found[4] || "") ? -1 : 1);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** Names a part in words. @param {Part} part */
export function partName(part) {
  if (part.kind === "text") return part.text || t("partText");
  if (part.kind === "image") return part.name || t("picture");
  if (part.kind === "place") return `${part.lat?.toFixed(3)}, ${part.lon?.toFixed(3)}`;
  return t("tile", middle(part.tile || "", 24));
}

/** Names the whole query, for the list of recent ones. */
export const queryName = () =>
  [...(state.analysis ? [analysisName(state.analysis)] : []), ...(state.text.trim() ? [state.text.trim()] : []), ...state.parts.map(part => (part.weight < 0 ? "− " : "") + partName(part))].join(" + ");

/** Shows the query of the state. */
export function showQuery() {
  $("text").value = state.text;
  $("text-weight").value = String(state.weight);
  showParts();
}

/**
 * Returns a choice of the model that answers a part, or null if vectors are added: these are of one model.
 * @param {string} name of the part
 * @param {{by?: string}} part
 */
function chooseModel(name, part) {
  const ready = owner.explorers().filter(one => one.status === "ready");
  if (!state.fuse || ready.length < 2) return null;
  const option = (/** @type {string} */ value, /** @type {string} */ words) => h("option", { value, selected: (part.by || "") === value }, words);
  const choice = h("select", { class: "by", dir: "auto", "aria-label": t("answeredBy", name) }, option("", t("shownModel")), ...ready.map(one => option(one.name, one.title)));
  choice.addEventListener("change", () => part.by = choice.value);
  return choice;
}

/** The analysis that is shown in place of a query. */
function analysisPart() {
  if (!state.analysis) return [];
  const name = analysisName(state.analysis);
  return [h("li", { class: "part" }, icon("analyze"), h("span", { class: "name", title: name, dir: "auto" }, name), h("button", {
    type: "button", class: "icon-button", "aria-label": t("removePart", name),
    onclick: () => {
      state.analysis = null;
      showParts();
      $("text").focus();
    }
  }, icon("close")))];
}

function showParts() {
  $("text-weight-label").hidden = !state.parts.length;
  const byText = chooseModel(t("queryLabel"), state);
  $("text-by").hidden = !byText;
  $("text-by").replaceChildren(...byText ? [byText] : []);
  $("parts").replaceChildren(...analysisPart(), ...state.parts.map(part => {
    const name = partName(part), minus = part.weight < 0;
    const weight = h("input", { type: "number", step: 0.1, min: -5, max: 5, value: part.weight, "aria-label": t("partWeight", name) });
    const item = h("li", { class: minus ? "part minus" : "part" });
    weight.addEventListener("input", () => {
      part.weight = Number(weight.value);
      item.classList.toggle("minus", part.weight < 0);
    });
    if (part.kind === "image" && part.preview) item.append(h("img", { src: part.preview, alt: "" }));
    else item.append(icon({ image: "picture", place: "place", tile: "tile", text: "text" }[part.kind]));
    if (part.kind === "text") {
      const field = h("input", { type: "text", dir: "auto", "aria-label": t("partText"), maxlength: 2000 });
      field.value = part.text || "";
      field.addEventListener("input", () => part.text = field.value);
      item.append(field);
    } else item.append(h("span", { class: "name", dir: "auto" }, name));
    if (part.busy) item.append(h("span", { class: "faint" }, t("uploading")));
    if (part.error) item.append(h("span", { class: "error", role: "alert", dir: "auto" }, part.error));
    else item.append(h("span", { class: "weight" }, weight), chooseModel(name, part) || "");
    item.append(h("button", {
      type: "button", class: "icon-button", "aria-label": t("removePart", name),
      onclick: () => {
        part.busy?.abort();
        state.parts = state.parts.filter(other => other !== part);
        showParts();
        $("text").focus();
      }
    }, icon("close")));
    return item;
  }));
}

/** Adds a part. @param {Part} part */
export function addPart(part) {
  state.parts.push(part);
  showParts();
}

/** Makes a part the whole query and searches. @param {Part} part */
export function replaceQuery(part) {
  state.text = "";
  state.weight = 1;
  state.by = "";
  state.parts = [part];
  state.analysis = null;
  state.good = [];
  state.bad = [];
  showQuery();
  owner.run();
}

/**
 * Uploads pictures as parts; searches when all are there. A failed one says why, and does not keep the others.
 * @param {Iterable<File>} files
 */
export async function addPictures(files) {
  const uploads = [...files].map(async file => {
    /** @type {Part} */
    const part = { kind: "image", weight: 1, name: file.name || t("picture"), busy: new AbortController() };
    if (/^image\/(png|jpeg)$/.test(file.type)) part.preview = URL.createObjectURL(file);
    addPart(part);
    try {
      if (file.size > owner.maxBytes()) throw new Error(t("tooBig", part.name || "", Math.floor(owner.maxBytes() / 1e6)));
      part.image = (await api.upload(file, part.busy?.signal)).image;
    } catch (error) {
      if (isCanceled(error)) return;
      part.error = errorWords(error);
    }
    part.busy = null;
    showParts();
  });
  await Promise.all(uploads);
  if (uploads.length && state.parts.some(part => part.kind === "image" && !part.error)) owner.run();
}

/** Takes the text of the box: as a place if it is one. */
export function takeText() {
  state.text = $("text").value;
  const place = parsePlace(state.text);
  if (!place) return;
  state.text = "";
  state.parts.push({ kind: "place", weight: 1, ...place });
  showQuery();
}

function showSuggestions() {
  const box = $("suggestions"), chips = (/** @type {string} */ title, /** @type {HTMLElement[]} */ buttons) =>
    buttons.length ? [h("h2", {}, title), h("div", { class: "chips" }, ...buttons)] : [];
  const examples = owner.examples().map(text => h("button", {
    type: "button", dir: "auto",
    onclick: () => {
      state.text = text;
      state.weight = 1;
      state.parts = [];
      state.analysis = null;
      state.good = [];
      state.bad = [];
      hideSuggestions();
      showQuery();
      owner.run();
    }
  }, text));
  const past = recent().map(({ label, address }) => h("button", {
    type: "button", dir: "auto",
    onclick: () => {
      hideSuggestions();
      owner.goTo(address);
    }
  }, middle(label, 60)));
  box.replaceChildren(...chips(t("examples"), examples), ...chips(t("recent"), past));
  box.hidden = !box.childElementCount || $("text").value !== "";
}

function hideSuggestions() {
  $("suggestions").hidden = true;
}

/** Connects the box. @param {Owner} with_ */
export function openQuery(with_) {
  owner = with_;
  const text = $("text"), form = $("query");
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    hideSuggestions();
    takeText();
    owner.run();
  });
  text.addEventListener("input", () => {
    state.text = text.value;
    showSuggestions();
  });
  text.addEventListener("focus", showSuggestions);
  text.addEventListener("click", showSuggestions);
  form.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    if (!(event.relatedTarget instanceof Node && form.contains(event.relatedTarget))) hideSuggestions();
  });
  // A button that is pressed keeps the list open until the click arrives.
  $("suggestions").addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault());
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") hideSuggestions();
    if (event.key === "ArrowDown" && !$("suggestions").hidden) {
      const all = [text, ...$("suggestions").querySelectorAll("button")];
      all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
      event.preventDefault();
    }
  });
  $("text-weight").addEventListener("input", () => state.weight = Number($("text-weight").value) || 1);
  $("add-text").addEventListener("click", () => {
    addPart({ kind: "text", weight: 1, text: "" });
    $("parts").lastElementChild.querySelector("input").focus();
  });
  $("add-picture").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    addPictures($("file").files);
    $("file").value = "";
  });

  const menu = $("place-menu");
  $("place-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const place = parsePlace($("place-lat").value + "," + $("place-lon").value);
    say("place-error", place ? "" : t("badPlace"));
    if (!place) return;
    menu.hidePopover();
    addPart({ kind: "place", weight: 1, ...place });
    takeText();
    owner.run();
  });
  $("place-pick").addEventListener("click", () => {
    menu.hidePopover();
    owner.pickPlace((lat, lon) => {
      addPart({ kind: "place", weight: 1, lat, lon });
      takeText();
      owner.run();
    });
  });

  // Pictures may be dropped or pasted anywhere.
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    $("drop").hidden = false;
  });
  addEventListener("dragleave", event => {
    if (!event.relatedTarget) $("drop").hidden = true;
  });
  addEventListener("drop", event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    $("drop").hidden = true;
    takeText();
    addPictures(event.dataTransfer?.files || []);
  });
  addEventListener("paste", event => {
    const files = [...event.clipboardData?.files || []].filter(file => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    takeText();
    addPictures(files);
  });
}
