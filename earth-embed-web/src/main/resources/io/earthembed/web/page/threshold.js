// The threshold: a slider over the histogram of the scores, which changes maps and counts while it moves.
import { $ } from "./dom.js";
import { state } from "./state.js";
import { t, whole } from "./words.js";

/** @typedef {import("./maps.js").Pane} Pane */

/** Per mille of the tiles that the map shows at first; small archives show at least this many tiles. */
const MILLE = 7, LEAST = 60;

/** @type {{panes: () => Pane[], active: () => Pane | undefined, changed: () => void}} */
let owner;

/** The number of tiles with at least a score. @param {Float32Array} scores best first @param {number} score */
export function countAbove(scores, score) {
  let a = 0, b = scores.length;
  while (a < b) {
    const m = a + b >> 1;
    if (scores[m] >= score) a = m + 1;
    else b = m;
  }
  return a;
}

/** The limit of a pane. @param {Pane} pane @returns {import("./state.js").Limit} */
function limitFor(pane) {
  const n = pane.scores?.scores.length || 1;
  return state.limits[pane.explorer.name] || state.limit || { unit: "mille", value: Math.min(1000, Math.max(MILLE, LEAST / n * 1000)) };
}

/** The number of a pane's tiles that reach the threshold; tiles with equal scores reach it together. @param {Pane} pane */
export function visibleOf(pane) {
  const scores = pane.scores?.scores;
  if (!scores?.length) return 0;
  if (pane.grouped !== null) return pane.grouped;
  const { unit, value } = limitFor(pane);
  if (unit === "score") return countAbove(scores, value - 1e-7);
  const count = Math.max(1, Math.min(scores.length, Math.round(scores.length * value / 1000)));
  return value === 0 ? 0 : countAbove(scores, scores[count - 1]);
}

/** Draws the histogram of the active pane's scores, dark above the threshold. @param {Float32Array} scores @param {number} from */
function drawHistogram(scores, from) {
  const canvas = $("histogram"), ctx = canvas.getContext("2d"), ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight, bins = 80;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  ctx.scale(ratio, ratio);
  const counts = new Int32Array(bins), low = scores[scores.length - 1], high = scores[0];
  for (const score of scores) counts[Math.min(bins - 1, Math.floor((score - low) / (high - low || 1) * bins))]++;
  const most = Math.max(...counts), css = getComputedStyle(document.documentElement);
  for (let i = 0; i < bins; i++) {
    // A square root keeps the few best tiles visible beside the many others.
    const tall = counts[i] ? Math.max(1.5, Math.sqrt(counts[i] / most) * (height - 2)) : 0;
    const above = low + (i + 1) / bins * (high - low) > from;
    ctx.fillStyle = css.getPropertyValue(above ? "--accent" : "--below");
    ctx.fillRect(i / bins * width, height - tall, width / bins - 1, tall);
  }
}

/** Brings slider, numbers, histogram and maps to the threshold of the state. */
export function applyThreshold() {
  for (const pane of owner.panes()) if (pane.scores) pane.setVisible(visibleOf(pane));
  const pane = owner.active(), scores = pane?.scores?.scores;
  // Numbers of groups are no scale.
  $("threshold").hidden = !scores?.length || pane?.grouped !== null;
  if (!pane || !scores?.length || pane.grouped !== null) return;
  const count = visibleOf(pane), low = scores[scores.length - 1], high = scores[0];
  const { unit, value } = limitFor(pane), from = unit === "score" ? value : scores[Math.max(0, count - 1)];
  // Models do not share a scale of scores: side by side, each has a threshold of its own.
  $("threshold-of").hidden = owner.panes().length < 2;
  $("threshold-of").textContent = pane.explorer.title;
  $("unit").value = unit;
  $("limit").value = unit === "score" ? value.toFixed(4) : String(Number(value.toPrecision(3)));
  $("slider").value = String(Math.round((from - low) / (high - low || 1) * 1000));
  $("slider").setAttribute("aria-valuetext", `${from.toFixed(4)}, ${t("count", whole(count), whole(scores.length))}`);
  $("count").textContent = t("count", whole(count), whole(scores.length));
  $("low").textContent = low.toFixed(3);
  $("high").textContent = high.toFixed(3);
  drawHistogram(scores, from);
}

/** @param {{panes: () => Pane[], active: () => Pane | undefined, changed: () => void}} with_ */
export function openThreshold(with_) {
  owner = with_;
  const change = (/** @type {import("./state.js").Limit} */ limit) => {
    const name = owner.active()?.explorer.name || "";
    delete state.limits[name];
    if (owner.panes().length > 1) state.limits[name] = limit;
    else state.limit = limit;
    applyThreshold();
    owner.changed();
  };
  $("slider").addEventListener("input", () => {
    const pane = owner.active(), scores = pane?.scores?.scores;
    if (!pane || !scores?.length) return;
    const low = scores[scores.length - 1], high = scores[0], score = low + (high - low) * Number($("slider").value) / 1000;
    if (limitFor(pane).unit === "score") change({ unit: "score", value: score });
    else change({ unit: "mille", value: Math.max(1, countAbove(scores, score - 1e-7)) / scores.length * 1000 });
  });
  $("limit").addEventListener("change", () => {
    const value = Number($("limit").value), unit = $("unit").value;
    if (Number.isFinite(value)) change({ unit, value: unit === "mille" ? Math.max(0, Math.min(1000, value)) : value });
  });
  $("unit").addEventListener("change", () => {
    const pane = owner.active(), scores = pane?.scores?.scores;
    if (!pane || !scores) return;
    const count = visibleOf(pane);
    change($("unit").value === "score" ? { unit: "score", value: scores[Math.max(0, count - 1)] } : { unit: "mille", value: count / scores.length * 1000 });
  });
  new ResizeObserver(() => applyThreshold()).observe($("threshold"));
}
