// One map for each model; all of them move together.
import { drawArea } from "./area.js";
import { $, h } from "./dom.js";
import { EarthMap } from "./map/earth-map.js";
import { state } from "./state.js";
import { t, whole } from "./words.js";

/**
 * @typedef {import("./api.js").Explorer} Explorer
 * @typedef {{rows: Int32Array, scores: Float32Array}} Scores best first
 * @typedef {{
 *   onHover: (pane: Pane, at: number) => void,
 *   onClick: (pane: Pane, at: number, lat: number, lon: number, event: MouseEvent) => void,
 *   onChoose: (pane: Pane) => void, onKey: (pane: Pane, event: KeyboardEvent) => void, onMove: () => void
 * }} Owner
 */

/** @type {Pane[]} */
export let panes = [];
/** @type {import("./state.js").Area | null} an area while it is drawn */
let drawn = null;
let land = new Uint8Array(), borders = new Uint8Array();
/** @type {import("./map/earth-map.js").Tiles | null} */
let baseMap = null;
let following = false;

/** The map of one model. */
export class Pane {
  /** @param {Explorer} explorer @param {Owner} owner */
  constructor(explorer, owner) {
    this.explorer = explorer;
    /** @type {{lons: Float32Array, lats: Float32Array} | null} places of all tiles by row */
    this.points = null;
    /** @type {Scores | null} */
    this.scores = null;
    this.indexOfRow = new Int32Array();
    /** @type {number | null} how many tiles are shown, if the scores are numbers of groups */
    this.grouped = null;
    this.title = h("button", { type: "button", class: "title", dir: "auto", onclick: () => owner.onChoose(this) }, explorer.title);
    this.problem = h("p", { class: "error problem", role: "alert", dir: "auto", hidden: true });
    const map = h("div", { role: "application", tabindex: 0 }), canvas = h("canvas", { "aria-hidden": "true" });
    this.element = h("div", { class: "pane" }, map, canvas, this.title, this.problem);
    $("maps").append(this.element);
    const b = explorer.bounds;
    const region = b && b.west < b.east && b.east - b.west < 90 && b.north - b.south < 60;
    this.map = new EarthMap({
      element: map, canvas, land, borders, tiles: baseMap, below: true,
      start: region ? [b.west - 1, Math.max(-90, b.south - 1), b.east + 1, Math.min(90, b.north + 1)] : null,
      onHover: at => owner.onHover(this, at),
      onClick: (at, lat, lon, event) => owner.onClick(this, at, lat, lon, event),
      onDraw: ctx => {
        const area = drawn || state.area;
        if (area) drawArea(ctx, this.map, area);
      },
      onMove: () => this.moved(owner)
    });
    map.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => owner.onKey(this, event));
    this.label();
  }

  label() {
    this.map.element.setAttribute("aria-label", t("mapLabel", this.explorer.title, whole(this.map.visible)));
  }

  /** Moves the other maps to where this one is. @param {Owner} owner */
  moved(owner) {
    if (following) return;
    following = true;
    const center = this.map.leaflet.getCenter(), zoom = this.map.leaflet.getZoom();
    for (const other of panes) if (other !== this) other.map.leaflet.setView(center, zoom, { animate: false });
    following = false;
    owner.onMove();
  }

  /** @param {{lons: Float32Array, lats: Float32Array}} points by row @param {Scores} scores */
  show(points, scores) {
    const { rows } = scores, n = rows.length, lons = new Float32Array(n), lats = new Float32Array(n);
    if (this.indexOfRow.length !== points.lons.length) this.indexOfRow = new Int32Array(points.lons.length);
    this.indexOfRow.fill(-1);
    for (let i = 0; i < n; i++) {
      lons[i] = points.lons[rows[i]];
      lats[i] = points.lats[rows[i]];
      this.indexOfRow[rows[i]] = i;
    }
    this.points = points;
    this.scores = scores;
    this.grouped = null;
    // The palette spans the best fifth, up to the best thousandth: the rest has little to tell.
    const high = n ? scores.scores[Math.floor(n / 1000)] : 0, low = n ? scores.scores[Math.floor(n / 5)] : 0;
    this.map.setColumns({ lons, lats, scores: scores.scores }, low, high);
  }

  /**
   * Shows groups of tiles, each in a color of its own.
   * @param {{lons: Float32Array, lats: Float32Array}} points by row
   * @param {Scores} groups the number of each tile's group as its score
   * @param {number[]} colors as 0xRRGGBB
   * @param {number} chosen the group that is shown alone, or -1 for all
   */
  showGroups(points, groups, colors, chosen) {
    const order = [...groups.rows.keys()], of = (/** @type {number} */ i) => Math.round(groups.scores[i]);
    if (chosen >= 0) order.sort((a, b) => Number(of(b) === chosen) - Number(of(a) === chosen));
    this.show(points, { rows: Int32Array.from(order, i => groups.rows[i]), scores: Float32Array.from(order, of) });
    this.map.setColumns(this.map.columns, 0, 0, colors);
    this.map.marks = [];
    this.grouped = chosen < 0 ? order.length : order.filter(i => of(i) === chosen).length;
    this.setVisible(this.grouped);
  }

  /** Shows all tiles without scores. @param {{lons: Float32Array, lats: Float32Array}} points */
  showPlaces(points) {
    this.points = points;
    this.scores = null;
    this.grouped = null;
    this.map.marks = [];
    this.map.setColumns({ ...points, scores: new Float32Array(points.lons.length) }, 0, 1);
    this.map.setVisible(0);
  }

  /** The row of a shown tile. @param {number} at */
  rowAt(at) {
    return this.scores ? this.scores.rows[at] : at;
  }

  /** @param {import("./api.js").Hit[]} hits */
  mark(hits) {
    this.map.marks = hits.slice(0, 10).flatMap(({ row, rank, lat, lon }) =>
      lat === undefined || lon === undefined ? [] : [{ at: this.indexOfRow[row] ?? -1, rank, lat, lon }]);
    this.map.redraw();
  }

  /** Shows the best tiles down to a score. @param {number} count */
  setVisible(count) {
    this.map.setVisible(count);
    this.label();
  }

  /** @param {string} words */
  complain(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }
}

/** Reads what the maps draw. @param {import("./map/earth-map.js").Tiles | null} tiles */
export async function loadMaps(tiles) {
  baseMap = tiles;
  if (tiles) return;
  const read = async (/** @type {string} */ name) => new Uint8Array(await (await fetch("map/" + name)).arrayBuffer());
  [land, borders] = await Promise.all([read("land.bin"), read("borders.bin")]);
}

/** Opens one map for each explorer. @param {Explorer[]} explorers @param {Owner} owner */
export function openMaps(explorers, owner) {
  const same = panes.length === explorers.length && panes.every((pane, i) => pane.explorer === explorers[i]);
  if (same) return;
  const kept = new Map(panes.map(pane => [pane.explorer, pane]));
  for (const pane of panes) if (!explorers.includes(pane.explorer)) pane.element.remove();
  $("maps").dataset.count = explorers.length > 4 ? "many" : String(explorers.length);
  following = true; // no map leads while they open
  panes = explorers.map(explorer => kept.get(explorer) || new Pane(explorer, owner));
  for (const pane of panes) {
    $("maps").append(pane.element);
    pane.title.hidden = panes.length < 2;
    pane.map.resize();
  }
  following = false;
  if (state.view) look(state.view);
  else if (panes.length > 1) panes[0].moved(owner);
}

// Zooms are counted from 360 pixels around the Earth, so that an address holds for maps with and without base tiles.
const zoomOf = (/** @type {EarthMap} */ map) => map.leaflet.getZoom() + Math.log2(map.unit);

/** Remembers what the maps show. */
export function rememberView() {
  if (!panes.length) return;
  const { map } = panes[0], center = map.leaflet.getCenter().wrap();
  state.view = { lat: center.lat, lon: center.lng, zoom: zoomOf(map) };
}

/** Moves all maps. @param {{lat: number, lon: number, zoom: number}} view */
export function look(view) {
  for (const { map } of panes) map.leaflet.setView([view.lat, view.lon], view.zoom - Math.log2(map.unit), { animate: false });
}

/** Shows an area that is being drawn. @param {import("./state.js").Area | null} area */
export function preview(area) {
  drawn = area;
  redraw();
}

export function redraw() {
  for (const { map } of panes) map.redraw();
}

/** Reads the colors again. */
export function repaint() {
  for (const { map } of panes) map.theme();
}
