// The hits of one model, as a gallery or a table; any number of them, page by page.
import { clusterList, paintSwatches } from "./analysis.js";
import { factsLine, valueText } from "./attributes.js";
import { $, h, icon } from "./dom.js";
import { middle, placeText } from "./map/text.js";
import { shot } from "./pictures.js";
import { state } from "./state.js";
import { t, whole } from "./words.js";

/**
 * @typedef {import("./api.js").Hit} Hit
 * @typedef {import("./api.js").Tile} Tile
 * @typedef {import("./api.js").Explorer} Explorer
 *
 * What is known of one model's answer.
 * @typedef {{explorer: Explorer, hits: Hit[], total: number, undated: number, fallbacks: string[], error: string,
 *   stages: {name: string, ms: number}[], loadingMore: boolean, complete: boolean, clusters?: {tiles: number, hits: Hit[]}[], chosen: number,
 *   show?: () => void}} Answer `chosen` is the cluster that is shown alone, or -1
 *
 * @typedef {{open: (hit: Hit) => void, more: (answer: Answer) => void, moreLike: (tile: Tile) => void,
 *   likeChange: (hit: Tile) => void, hover: (hit: Hit | null) => void, changed: () => void, clearFilters: () => void,
 *   showCluster: (answer: Answer, cluster: number) => void}} Owner
 */

/** Tiles that a person has selected: ids by explorer. @type {Map<string, Map<string, Hit>>} */
const selections = new Map();
/** @type {Owner} */
let owner;

/** @param {string} explorer */
export function selectionOf(explorer) {
  let found = selections.get(explorer);
  if (!found) selections.set(explorer, found = new Map());
  return found;
}

/** A tile's date in words. @param {Tile} tile */
export const dateOf = tile => tile.time ? tile.time.slice(0, 10) : t("noDate");

/** A hit's date; of a change, both dates. @param {Hit} hit */
const datesOf = hit => hit.before ? dateOf(hit.before) + " → " + dateOf(hit) : dateOf(hit);

/** A tile's place in words. @param {Tile} tile */
export const placeOf = tile => isPlaced(tile) ? placeText(tile.lat, tile.lon) : t("noPlace");

/** Whether a tile's place is known. @param {Tile} tile @returns {tile is Tile & {lat: number, lon: number}} */
export const isPlaced = tile => tile.lat !== undefined && tile.lon !== undefined;

/** Marks a tile as good or bad, or takes that back. @param {Tile} tile @param {"good" | "bad"} what */
export function judge(tile, what) {
  const other = what === "good" ? "bad" : "good", had = state[what].includes(tile.id);
  state[what] = had ? state[what].filter(id => id !== tile.id) : [...state[what], tile.id];
  state[other] = state[other].filter(id => id !== tile.id);
  owner.changed();
}

/** Buttons to judge a tile. @param {Tile} tile */
export function judgeButtons(tile) {
  const name = middle(tile.id, 40);
  const button = (/** @type {"good" | "bad"} */ what, /** @type {string} */ label, /** @type {string} */ picture) => h("button", {
    type: "button", class: "icon-button", "data-judge": what, "data-id": tile.id, "aria-label": t(label + "Of", name), title: t(label),
    "aria-pressed": String(state[what].includes(tile.id)), onclick: () => judge(tile, what)
  }, icon(picture));
  return [button("good", "like", "up"), button("bad", "dislike", "down")];
}

/** @param {Explorer} explorer @param {Hit} hit */
function selectButton(explorer, hit) {
  const chosen = selectionOf(explorer.name);
  return h("button", {
    type: "button", class: "icon-button", "data-select": hit.id, "aria-label": t("selectOf", middle(hit.id, 40)), title: t("select"),
    "aria-pressed": String(chosen.has(hit.id)),
    onclick: () => {
      if (!chosen.delete(hit.id)) chosen.set(hit.id, hit);
      owner.changed();
    }
  }, icon("check"));
}

/** @param {Explorer} explorer @param {Hit} hit */
function card(explorer, hit) {
  const name = middle(hit.id, 34), place = placeOf(hit), facts = factsLine(explorer, hit);
  return h("li", { class: "hit", "data-row": hit.row, onmouseenter: () => owner.hover(hit), onmouseleave: () => owner.hover(null), onfocusin: () => owner.hover(hit), onfocusout: () => owner.hover(null) },
    h("button", { type: "button", class: "open", "aria-label": t("openOf", name, hit.rank), onclick: () => owner.open(hit) },
      shot({ explorer: explorer.name, row: hit.row, view: "thumbnail", bands: "" }, hit.picture !== false && explorer.pictures !== false),
      h("span", { class: "rank" }, String(hit.rank)),
      h("span", { class: "about" }, h("b", {}, hit.score.toFixed(4)), " · " + datesOf(hit),
        h("span", { class: "faint" }, place), facts && h("span", { class: "faint facts", title: facts, dir: "auto" }, facts), h("span", { class: "faint", title: hit.id }, h("bdi", {}, name)))),
    h("div", { class: "acts" }, ...judgeButtons(hit), selectButton(explorer, hit),
      hit.before
        ? h("button", { type: "button", class: "more", "aria-label": t("likeChangeOf", middle(hit.id, 40)), onclick: () => owner.likeChange(hit) }, t("likeChange"))
        : h("button", { type: "button", class: "more", "aria-label": t("moreOf", middle(hit.id, 40)), onclick: () => owner.moreLike(hit) }, t("moreLike"))));
}

/** @param {Explorer} explorer @param {Hit} hit */
function tableRow(explorer, hit) {
  return h("tr", { "data-row": hit.row, onmouseenter: () => owner.hover(hit), onmouseleave: () => owner.hover(null) },
    h("td", {}, h("button", { type: "button", class: "open", "aria-label": t("openOf", middle(hit.id, 34), hit.rank), onclick: () => owner.open(hit) }, String(hit.rank))),
    h("td", {}, hit.score.toFixed(4)), h("td", {}, datesOf(hit)), h("td", {}, placeOf(hit)),
    h("td", {}, hit.clouds === undefined ? "–" : hit.clouds.toFixed(0) + " %"), h("td", {}, hit.cell ?? "–"),
    ...Object.entries(explorer.attributes || {}).map(([name, { type }]) =>
      h("td", { class: "own" }, hit.attributes?.[name] === undefined ? "–" : h("bdi", {}, middle(valueText(hit.attributes[name], type), 40)))),
    h("td", { class: "id" }, h("bdi", {}, hit.id)),
    h("td", {}, h("span", { class: "row" }, ...judgeButtons(hit), selectButton(explorer, hit))));
}

let listed = { answer: /** @type {Answer | null} */ (null), layout: "", language: "", count: 0 };

/** Shows an answer's hits; goes on below those that are there already. @param {Answer} answer */
export function showHits(answer) {
  const { explorer, hits } = answer, list = $("list"), language = document.documentElement.lang;
  const same = listed.answer === answer && listed.layout === state.layout && listed.language === language && listed.count <= hits.length;
  if (!same) {
    list.scrollTop = 0;
    list.replaceChildren();
    listed = { answer, layout: state.layout, language, count: 0 };
  }
  $("results-bar").hidden = !hits.length && !answer.clusters;
  $("results-bar").classList.toggle("plain", !!answer.clusters);
  if (answer.clusters) {
    showClusters(answer);
    return;
  }
  $("results-title").textContent = t("best", whole(hits.length), whole(answer.total));
  for (const layout of ["gallery", "table"]) $("as-" + layout).setAttribute("aria-pressed", String(state.layout === layout));
  if (!hits.length) {
    list.replaceChildren(answer.error ? h("p", { class: "error", role: "alert", dir: "auto" }, answer.error) : nothing(answer));
    return;
  }
  const make = state.layout === "table" ? tableRow : card;
  let body = list.querySelector(".gallery, tbody");
  if (!body) {
    for (const words of notes(answer)) list.append(h("p", { class: "note", dir: "auto" }, words));
    if (state.layout === "table") {
      body = h("tbody", {});
      const head = (/** @type {string} */ name) => h("th", { scope: "col" }, t(name));
      const own = Object.keys(explorer.attributes || {}).map(name => h("th", { scope: "col", class: "own" }, h("bdi", {}, name)));
      const heads = [...["rank", "score", "date", "place", "clouds", "cell"].map(head), ...own, head("id")];
      list.append(h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": t("table") }, h("table", {}, h("thead", {}, h("tr", {}, ...heads, h("th", {}, h("span", { class: "hidden" }, t("select"))))), body)));
    } else list.append(body = h("ul", { class: "gallery" }));
    list.append(h("div", { class: "foot" }));
  }
  body.append(...hits.slice(listed.count).map(hit => make(explorer, hit)));
  listed.count = hits.length;
  const foot = list.querySelector(".foot");
  foot.replaceChildren(...(answer.complete ? [] : [h("button", { type: "button", disabled: answer.loadingMore, onclick: () => owner.more(answer) }, t(answer.loadingMore ? "loading" : "more"))]));
  if (answer.error) foot.append(h("p", { class: "error", role: "alert" }, answer.error));
}

/** @param {Answer} answer */
function showClusters(answer) {
  $("results-title").textContent = t("clustersOfTiles", answer.clusters?.length || 0, whole(answer.total));
  const focused = document.activeElement?.getAttribute("data-cluster");
  const list = clusterList(answer, answer.chosen, cluster => owner.showCluster(answer, cluster), hit => owner.open(hit));
  $("list").replaceChildren(...notes(answer).map(words => h("p", { class: "note", dir: "auto" }, words)), list);
  paintSwatches(list);
  if (focused) list.querySelector(`[data-cluster="${focused}"]`)?.focus();
}

/** @param {Answer} answer */
const notes = answer => [
  ...(answer.undated ? [t("undated", whole(answer.undated))] : []),
  ...(answer.explorer.unplaced ? [t("unplaced", whole(answer.explorer.unplaced))] : []), ...answer.fallbacks
];

/** @param {Answer} answer */
function nothing(answer) {
  return h("div", { class: "empty" }, h("h2", {}, t("noHits")), h("p", {}, t("noHitsHint")),
    ...notes(answer).map(words => h("p", { dir: "auto" }, words)),
    h("button", { type: "button", onclick: () => owner.clearFilters() }, t("clearFilters")));
}

/** Shows an element in place of hits. @param {HTMLElement} element */
export function showInstead(element) {
  listed.answer = null;
  $("results-bar").hidden = true;
  $("list").replaceChildren(element);
}

/** Brings pressed buttons, selection and feedback to the state. @param {string} explorer */
export function showMarks(explorer) {
  const chosen = selectionOf(explorer);
  for (const button of document.querySelectorAll("[data-judge]"))
    button.setAttribute("aria-pressed", String(state[button.getAttribute("data-judge") === "good" ? "good" : "bad"].includes(button.getAttribute("data-id") || "")));
  for (const button of document.querySelectorAll("[data-select]")) {
    const on = chosen.has(button.getAttribute("data-select") || "");
    button.setAttribute("aria-pressed", String(on));
    button.closest(".hit, tr")?.classList.toggle("chosen", on);
  }
  $("selection").hidden = !chosen.size;
  $("selection-text").textContent = t("selected", whole(chosen.size));
  $("compare").disabled = chosen.size !== 2;
  $("compare").title = chosen.size === 2 ? "" : t("compareTwo");
  $("feedback").hidden = !state.good.length && !state.bad.length;
  $("feedback-text").textContent = t("feedback", state.good.length, state.bad.length);
}

/** Marks the hit that the map points at. @param {number} row or -1 */
export function point(row) {
  for (const node of document.querySelectorAll(".hit.near")) node.classList.remove("near");
  if (row >= 0) document.querySelector(`.hit[data-row="${row}"]`)?.classList.add("near");
}

/** @param {Owner} with_ */
export function openResults(with_) {
  owner = with_;
}
