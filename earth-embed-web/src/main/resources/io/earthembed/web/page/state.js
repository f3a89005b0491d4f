// What the page shows, and the address that says the same: whoever opens the address sees the same.
import { local } from "./storage.js";

/**
 * A part of the query besides the text in the box. `by` names the explorer that answers it, if scores are weighed. `busy` and
 * `error` belong to an upload; `preview` is a picture's address on this page.
 * @typedef {{kind: "text" | "image" | "place" | "tile", weight: number, text?: string, image?: string, name?: string,
 *   lat?: number, lon?: number, tile?: string, by?: string, preview?: string, busy?: AbortController | null, error?: string}} Part
 *
 * @typedef {{kind: "box", west: number, south: number, east: number, north: number}
 *   | {kind: "circle", lat: number, lon: number, meters: number}
 *   | {kind: "polygon", points: [number, number][]} | {kind: "geojson", value: object}} Area
 */

/**
 * What an attribute of a tile must be, as in the API; without conditions, a tile must have the attribute.
 * @typedef {string | number | boolean | {time: string} | {integer: string}} Value
 * @typedef {{present?: boolean, is?: Value, in?: Value[], atLeast?: Value, atMost?: Value}} Condition
 */

/**
 * What is shown in place of a query's hits. Periods are a first and a last day, empty if open; `earlier` names the explorer of
 * the earlier tiles, if it is another one; `like` is the id of the later tile whose change the others resemble, empty for the
 * greatest changes.
 * @typedef {{kind: "changes", before: [string, string], after: [string, string], earlier: string, support: number, like: string}
 *   | {kind: "outliers", neighbors: number} | {kind: "clusters", clusters: number}} Analysis
 */

/** @typedef {{unit: "mille" | "score", value: number}} Limit */

export const state = {
  text: "",
  weight: 1,
  /** name of the explorer that answers the text, if scores are weighed; none means the shown one */
  by: "",
  /** @type {Part[]} */
  parts: [],
  fuse: false,
  /** @type {Analysis | null} */
  analysis: null,
  /** @type {string[]} names of explorers; none means the first */
  models: [],
  from: "",
  to: "",
  /** @type {number | null} percent */
  clouds: null,
  /** @type {Record<string, Condition>} conditions on the tiles' own attributes, by name */
  attributes: {},
  /** @type {Area | null} */
  area: null,
  /** the least distance of two hits in kilometers */
  apart: 0,
  /** @type {Limit | null} the threshold; null is the default */
  limit: null,
  /** @type {Record<string, Limit>} thresholds of single explorers, which lie side by side */
  limits: {},
  /** @type {string[]} */
  good: [],
  /** @type {string[]} */
  bad: [],
  layout: "gallery",
  /** @type {{lat: number, lon: number, zoom: number} | null} zoom 0 shows 360 degrees of longitude on 360 pixels */
  view: null,
  /** @type {string} name of the explorer whose hits are listed */
  tab: "",
  /** @type {string} id of the open tile */
  open: ""
};

const numbers = (/** @type {string | null} */ text, /** @type {number} */ count) => {
  const all = (text || "").split(",").map(Number);
  return all.length === count && text && all.every(Number.isFinite) ? all : null;
};
const short = (/** @type {number} */ value, digits = 5) => String(Number(value.toFixed(digits)));

/** Whether there is something to search for. */
export const hasQuery = () =>
  state.analysis !== null || state.text.trim() !== "" || state.good.length > 0 || state.parts.some(part => !part.error && (part.kind !== "text" || part.text?.trim()));

/** Writes the state as the query of an address. */
export function writeAddress() {
  const out = new URLSearchParams();
  const set = (/** @type {string} */ name, /** @type {string | number | null | false} */ value) => {
    if (value || value === 0) out.append(name, String(value));
  };
  set("q", state.text);
  if (state.weight !== 1) set("qw", state.weight);
  set("qby", state.by);
  for (const part of state.parts) {
    if (part.error || part.busy) continue;
    const what = part.kind === "text" ? part.text : part.kind === "image" ? part.image + ":" + (part.name || "")
      : part.kind === "place" ? short(part.lat ?? 0) + "," + short(part.lon ?? 0) : part.tile;
    set("p", part.kind + (part.by ? "@" + part.by : "") + ":" + part.weight + ":" + what);
  }
  if (state.fuse) set("fuse", 1);
  writeAnalysis(set);
  for (const name of state.models) set("m", name);
  set("from", state.from);
  set("to", state.to);
  if (state.clouds !== null) set("clouds", state.clouds);
  if (Object.keys(state.attributes).length) set("attributes", JSON.stringify(state.attributes));
  const area = state.area;
  if (area?.kind === "box") set("box", [area.west, area.south, area.east, area.north].map(v => short(v)).join());
  if (area?.kind === "circle") set("circle", [short(area.lat), short(area.lon), short(area.meters, 0)].join());
  if (area?.kind === "polygon") set("polygon", area.points.map(([lon, lat]) => short(lon) + "," + short(lat)).join(";"));
  if (area?.kind === "geojson") set("region", JSON.stringify(area.value));
  if (state.apart) set("apart", state.apart);
  if (state.limit) set(state.limit.unit, short(state.limit.value));
  for (const [name, { unit, value }] of Object.entries(state.limits)) set("limit", [name, unit, short(value)].join(":"));
  for (const id of state.good) set("good", id);
  for (const id of state.bad) set("bad", id);
  if (state.layout !== "gallery") set("layout", state.layout);
  if (state.view) set("at", [short(state.view.lat), short(state.view.lon), short(state.view.zoom, 3)].join());
  if (state.tab && state.models.length > 1) set("tab", state.tab);
  set("tile", state.open);
  const text = out.toString();
  return text && "?" + text;
}

/** @param {(name: string, value: string | number | false) => void} set */
function writeAnalysis(set) {
  const now = state.analysis;
  if (!now) return;
  set("find", now.kind);
  if (now.kind === "outliers") set("neighbors", now.neighbors);
  if (now.kind === "clusters") set("clusters", now.clusters);
  if (now.kind !== "changes") return;
  for (const period of /** @type {("before" | "after")[]} */ (["before", "after"])) if (now[period].some(Boolean)) set(period, now[period].join(".."));
  set("earlier", now.earlier);
  if (now.support) set("support", now.support);
  set("like", now.like);
}

/** @param {URLSearchParams} from @returns {Analysis | null} */
function readAnalysis(from) {
  const kind = from.get("find"), number = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most, /** @type {number} */ otherwise) => {
    const read = numbers(from.get(name), 1)?.[0] ?? otherwise;
    return read >= least && read <= most ? read : otherwise;
  };
  const period = (/** @type {string} */ name) => {
    const [, first, last] = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/.exec(from.get(name) || "") || [];
    return /** @type {[string, string]} */ ([first || "", last || ""]);
  };
  if (kind === "outliers") return { kind, neighbors: Math.round(number("neighbors", 1, 100, 10)) };
  if (kind === "clusters") return { kind, clusters: Math.round(number("clusters", 1, 12, 8)) };
  return kind === "changes" ? { kind, before: period("before"), after: period("after"), earlier: from.get("earlier") || "", support: number("support", 0, 2, 0), like: from.get("like") || "" } : null;
}

/** Reads the state from the query of an address; leaves out what is no value. @param {string} address */
export function readAddress(address) {
  const from = new URLSearchParams(address);
  state.text = from.get("q") || "";
  state.weight = Number(from.get("qw")) || 1;
  state.by = from.get("qby") || "";
  state.parts = [];
  for (const text of from.getAll("p")) {
    const [, kind, by, weight, what] = /^(text|image|place|tile)(?:@([\w.-]+))?:(-?[\d.]+):([^]*)$/.exec(text) || [];
    const place = kind === "place" && numbers(what, 2), base = { weight: Number(weight) || 1, ...(by && { by }) };
    if (kind === "text") state.parts.push({ ...base, kind, text: what });
    else if (kind === "tile") state.parts.push({ ...base, kind, tile: what });
    else if (place) state.parts.push({ ...base, kind: "place", lat: place[0], lon: place[1] });
    else if (kind === "image") {
      const at = what.indexOf(":");
      state.parts.push({ ...base, kind, image: what.slice(0, at), name: what.slice(at + 1) });
    }
  }
  state.fuse = from.has("fuse");
  state.analysis = readAnalysis(from);
  state.models = from.getAll("m");
  const date = (/** @type {string} */ name) => /^\d{4}-\d\d-\d\d$/.test(from.get(name) || "") ? from.get(name) || "" : "";
  state.from = date("from");
  state.to = date("to");
  const clouds = numbers(from.get("clouds"), 1);
  state.clouds = clouds && clouds[0];
  state.attributes = readConditions(from.get("attributes"));
  state.area = readArea(from);
  state.apart = Number(from.get("apart")) || 0;
  const mille = numbers(from.get("mille"), 1), score = numbers(from.get("score"), 1);
  state.limit = mille ? { unit: "mille", value: mille[0] } : score ? { unit: "score", value: score[0] } : null;
  state.limits = {};
  for (const text of from.getAll("limit")) {
    const [, name, unit, value] = /^([\w.-]+):(mille|score):(-?[\d.]+)$/.exec(text) || [];
    if (name) state.limits[name] = { unit: unit === "mille" ? "mille" : "score", value: Number(value) };
  }
  state.good = from.getAll("good");
  state.bad = from.getAll("bad");
  state.layout = from.get("layout") === "table" ? "table" : "gallery";
  const view = numbers(from.get("at"), 3);
  state.view = view && { lat: view[0], lon: view[1], zoom: view[2] };
  state.tab = from.get("tab") || "";
  state.open = from.get("tile") || "";
}

/** Reads conditions on attributes; leaves out what is none. @param {string | null} text @returns {Record<string, Condition>} */
function readConditions(text) {
  const isObject = (/** @type {any} */ value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isValue = (/** @type {any} */ value) => isObject(value) ? typeof (value.integer ?? value.time) === "string" : ["string", "number", "boolean"].includes(typeof value);
  const isCondition = (/** @type {any} */ value) => isObject(value) && Object.entries(value).every(([key, own]) =>
    key === "present" ? typeof own === "boolean" : key === "in" ? Array.isArray(own) && own.every(isValue) : ["is", "atLeast", "atMost"].includes(key) && isValue(own));
  try {
    const read = JSON.parse(text || "{}");
    return isObject(read) ? Object.fromEntries(Object.entries(read).filter(([, value]) => isCondition(value))) : {};
  } catch {
    return {};
  }
}

/** @param {URLSearchParams} from @returns {Area | null} */
function readArea(from) {
  const box = numbers(from.get("box"), 4), circle = numbers(from.get("circle"), 3);
  if (box) return { kind: "box", west: box[0], south: box[1], east: box[2], north: box[3] };
  if (circle) return { kind: "circle", lat: circle[0], lon: circle[1], meters: circle[2] };
  const points = (from.get("polygon") || "").split(";").map(text => numbers(text, 2));
  if (points.length > 2 && points.every(p => p)) return { kind: "polygon", points: /** @type {[number, number][]} */ (points) };
  try {
    const region = from.get("region");
    return region ? { kind: "geojson", value: JSON.parse(region) } : null;
  } catch {
    return null;
  }
}

/**
 * @typedef {{text?: string, image?: string, place?: {lat?: number, lon?: number}, tile?: string, weight: number,
 *   explorer?: string}} RequestPart
 */

/**
 * Joins the text and the picture of a sum to one part, for a model that encodes both together.
 * @param {RequestPart[]} parts
 */
function together(parts) {
  const both = parts.filter(part => part.text || part.image);
  if (both.length !== 2 || !both.some(part => part.text) || !both.some(part => part.image) || both.some(part => part.weight !== 1)) return parts;
  return [{ ...both[0], ...both[1] }, ...parts.filter(part => !both.includes(part))];
}

/** Makes the filter of a request. */
function filterRequest() {
  const { area } = state;
  return {
    ...(state.from && { from: state.from }), ...(state.to && { to: state.to }),
    ...(state.clouds !== null && { clouds: state.clouds }),
    ...(Object.keys(state.attributes).length && { attributes: state.attributes }),
    ...(area?.kind === "box" && { box: { west: area.west, south: area.south, east: area.east, north: area.north } }),
    ...(area?.kind === "circle" && { circle: { lat: area.lat, lon: area.lon, meters: area.meters } }),
    ...(area?.kind === "polygon" && { region: { type: "Polygon", coordinates: [[...area.points, area.points[0]]] } }),
    ...(area?.kind === "geojson" && { region: area.value })
  };
}

/** Makes the request of an analysis. @param {Analysis} analysis */
export function analysisRequest(analysis) {
  const filter = filterRequest(), apart = state.apart && { apart: state.apart * 1000 };
  const filtered = { ...apart, ...(Object.keys(filter).length && { filter }) };
  if (analysis.kind === "outliers") return { ...filtered, neighbors: analysis.neighbors };
  if (analysis.kind === "clusters") return { ...filtered, clusters: analysis.clusters };
  const { earlier, support, like } = analysis, rest = { ...(earlier && { earlier }), ...(support && { support }), ...(like && { like }) };
  const period = (/** @type {[string, string]} */ [from, to]) => ({ ...(from && { from }), ...(to && { to }) });
  const before = period(analysis.before), after = period(analysis.after);
  if (!earlier && !Object.keys(before).length && !Object.keys(after).length) return { ...filtered, ...rest };
  // Cells join the tiles, so a filter by place need not act on the earlier ones. They may lack the attributes.
  const clouds = state.clouds !== null && { clouds: state.clouds };
  return { ...apart, ...rest, before: { ...before, ...clouds }, after: { ...filter, ...after } };
}

/**
 * Makes the request of a search.
 * @param {{name: string, asks?: string[]}} explorer
 */
export function searchRequest(explorer) {
  /** @type {RequestPart[]} */
  let parts = [];
  const answeredBy = (/** @type {string | undefined} */ by) => state.fuse && by ? { explorer: by } : {};
  if (state.text.trim()) parts.push({ text: state.text.trim(), weight: state.weight, ...answeredBy(state.by) });
  for (const part of state.parts) {
    const { kind, weight } = part, rest = { weight, ...answeredBy(part.by) };
    if (part.error || part.busy || !weight) continue;
    if (kind === "text" && part.text?.trim()) parts.push({ text: part.text.trim(), ...rest });
    if (kind === "image") parts.push({ image: part.image, ...rest });
    if (kind === "place") parts.push({ place: { lat: part.lat, lon: part.lon }, ...rest });
    if (kind === "tile") parts.push({ tile: part.tile, ...rest });
  }
  // Good tiles alone are a query too.
  if (!parts.length && state.good.length) parts.push({ tile: state.good[0], weight: 1 });
  if (!state.fuse && explorer.asks?.includes("imageText")) parts = together(parts);
  const filter = filterRequest();
  return {
    explorers: [explorer.name], parts, combine: state.fuse && (parts.length > 1 || parts.some(part => "explorer" in part)) ? "fuse" : "sum",
    ...((state.good.length || state.bad.length) && { feedback: { good: state.good, bad: state.bad } }),
    ...(Object.keys(filter).length && { filter }),
    ...(state.apart && { apart: state.apart * 1000 })
  };
}

// --- recent queries, kept by the browser ----------------------------------------------------------------------------

/** @returns {{label: string, address: string}[]} */
export function recent() {
  try {
    return JSON.parse(local.get("recent") || "[]");
  } catch {
    return [];
  }
}

/** @param {string} label */
export function remember(label) {
  const address = writeAddress(), all = recent().filter(entry => entry.label !== label);
  local.set("recent", JSON.stringify([{ label, address }, ...all].slice(0, 12)));
}
