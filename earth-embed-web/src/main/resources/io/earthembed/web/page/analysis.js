// Analyses of tiles without a query: change between two times, outliers, and clusters.
import { $, h, say } from "./dom.js";
import { middle } from "./map/text.js";
import { shot } from "./pictures.js";
import { state } from "./state.js";
import { t, whole } from "./words.js";

/**
 * @typedef {import("./api.js").Explorer} Explorer
 * @typedef {import("./api.js").Hit} Hit
 * @typedef {import("./state.js").Analysis} Analysis
 * @typedef {import("./results.js").Answer} Answer
 */

/** The most clusters of the page: more colors could not be told apart. */
export const MAX_CLUSTERS = 12;
/** Typical tiles that the list shows of each cluster. */
export const TYPICAL = 4;
/** The colors of clusters, the largest first. */
export const COLORS = [0x4E79A7, 0xF28E2B, 0xE15759, 0x17A2A2, 0x59A14F, 0xD4B000, 0xB07AA1, 0xFF7F9F, 0x9C755F, 0x5B5FD6, 0x8FBF26, 0x9E2A6B];

const KINDS = /** @type {Analysis["kind"][]} */ (["changes", "outliers", "clusters"]);

/** @type {{run: () => void, explorers: () => Explorer[], shown: () => Explorer[]}} */
let owner;
/** @type {Analysis["kind"]} the kind that the menu shows */
let shown = "changes";

/** Names an analysis in words. @param {Analysis} analysis */
export function analysisName(analysis) {
  if (analysis.kind === "outliers") return t("outliers");
  if (analysis.kind === "clusters") return t("clustersOf", analysis.clusters);
  const period = (/** @type {[string, string]} */ [from, to]) => `${from || "…"} – ${to || "…"}`;
  const { before, after, earlier, like } = analysis, parts = [];
  if (earlier) parts.push(t("since", owner.explorers().find(one => one.name === earlier)?.title || earlier));
  if ([...before, ...after].some(Boolean)) parts.push(period(before) + " → " + period(after));
  return (like ? t("changesLike", middle(like, 34)) : t("changes")) + (parts.length ? ": " + parts.join(", ") : "");
}

/** Shows one kind of analysis in the menu. @param {Analysis["kind"]} kind */
function choose(kind) {
  shown = kind;
  for (const one of KINDS) {
    $("analyze-" + one).setAttribute("aria-pressed", String(one === kind));
    $(one + "-fields").hidden = one !== kind;
  }
  $("analyze-hint").textContent = t(kind + "Hint");
  say("analyze-error");
}

/** Opens the menu at a kind of analysis. @param {Analysis["kind"]} kind */
export function offerAnalysis(kind) {
  $("analyze-menu").showPopover();
  choose(kind);
}

/** Fills the menu from the state. */
export function fillAnalysis() {
  const now = state.analysis, others = owner.explorers().filter(one => one.status === "ready" && one !== owner.shown()[0]);
  const changes = now?.kind === "changes" ? now : null;
  const option = (/** @type {string} */ value, /** @type {string} */ words) => h("option", { value, selected: (changes?.earlier || "") === value }, words);
  $("earlier").replaceChildren(option("", t("sameExplorer")), ...others.map(one => option(one.name, one.title)));
  $("earlier-label").hidden = !others.length;
  [$("before-from").value, $("before-to").value] = changes?.before || ["", ""];
  [$("after-from").value, $("after-to").value] = changes?.after || ["", ""];
  $("support").value = String(changes?.support || 0);
  $("neighbors").value = String(now?.kind === "outliers" ? now.neighbors : 10);
  $("clusters").value = String(now?.kind === "clusters" ? now.clusters : 8);
  choose(now?.kind || shown);
}

/** Takes the analysis from the menu; null if a field is wrong. @returns {Analysis | null} */
function read() {
  const number = (/** @type {string} */ id) => {
    const field = $(id);
    if (field.value !== "" && field.validity.valid) return Number(field.value);
    say("analyze-error", t("between", field.min, field.max));
    return null;
  };
  if (shown === "outliers") {
    const neighbors = number("neighbors");
    return neighbors === null ? null : { kind: shown, neighbors };
  }
  if (shown === "clusters") {
    const clusters = number("clusters");
    return clusters === null ? null : { kind: shown, clusters };
  }
  const support = number("support");
  const period = (/** @type {string} */ name) => /** @type {[string, string]} */ ([$(name + "-from").value, $(name + "-to").value]);
  const before = period("before"), after = period("after");
  if (support === null) return null;
  if ([before, after].some(([from, to]) => from && to && from > to)) {
    say("analyze-error", t("datesOrder"));
    return null;
  }
  return { kind: "changes", before, after, earlier: $("earlier").value, support, like: "" };
}

/**
 * Lists clusters with their colors and typical tiles. A press of a cluster's name shows it alone on the map.
 * @param {Answer} answer
 * @param {number} chosen the cluster that is shown alone, or -1
 * @param {(cluster: number) => void} press
 * @param {(hit: Hit) => void} open
 */
export const clusterList = (answer, chosen, press, open) => h("ol", { class: "clusters" }, ...(answer.clusters || []).map(({ tiles, hits }, i) => h("li", {},
  h("button", { type: "button", class: "cluster", "data-cluster": i, "aria-pressed": String(i === chosen), title: t("showAlone"), onclick: () => press(i === chosen ? -1 : i) },
    h("span", { class: "swatch", "data-color": COLORS[i % COLORS.length].toString(16).padStart(6, "0") }), h("b", {}, t("cluster", i + 1)), h("span", { class: "faint" }, t("tilesCount", whole(tiles)))),
  h("div", { class: "typical" }, ...hits.map(hit => h("button", { type: "button", class: "open", "aria-label": t("openTypical", middle(hit.id, 34), i + 1), onclick: () => open(hit) },
    shot({ explorer: answer.explorer.name, row: hit.row, view: "thumbnail", bands: "" }, hit.picture !== false && answer.explorer.pictures !== false)))))));

/** Colors the swatches: a style attribute would be against the page's security policy. @param {HTMLElement} list */
export function paintSwatches(list) {
  for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".swatch"))) swatch.style.background = "#" + swatch.dataset.color;
}

/** @param {{run: () => void, explorers: () => Explorer[], shown: () => Explorer[]}} with_ */
export function openAnalysis(with_) {
  owner = with_;
  for (const kind of KINDS) $("analyze-" + kind).addEventListener("click", () => choose(kind));
  $("clusters").max = String(MAX_CLUSTERS);
  $("analyze-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const analysis = read();
    if (!analysis) return;
    $("analyze-menu").hidePopover();
    // An analysis stands in place of a query.
    Object.assign(state, { text: "", weight: 1, by: "", parts: [], good: [], bad: [], limit: null, limits: {}, analysis });
    owner.run();
  });
}
