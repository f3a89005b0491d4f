// One tile, or two side by side, large: crop and whole tile, any bands, and what can be done with it.
import { factsOf } from "./attributes.js";
import { $, h } from "./dom.js";
import { copyText, middle } from "./map/text.js";
import { shot } from "./pictures.js";
import { dateOf, isPlaced, judgeButtons, placeOf } from "./results.js";
import { t } from "./words.js";
import { toast } from "./dom.js";

/**
 * @typedef {import("./api.js").Tile & {rank?: number, score?: number, explorer?: string, tiles?: string, before?: import("./api.js").Hit["before"]}} AnyTile
 * @typedef {import("./api.js").Explorer} Explorer
 * @typedef {{moreLike: (tile: AnyTile) => void, likeChange: (tile: AnyTile) => void, addToQuery: (tile: AnyTile) => void, showOnMap: (tile: AnyTile) => void,
 *   step: (tile: AnyTile, by: number) => void, closed: () => void}} Owner
 */

const BANDS = [["", "trueColor"], ["B08,B04,B03", "falseColor"], ["B12,B8A,B04", "swir"], ["B11,B08,B02", "farm"]];
/** @type {{tiles: AnyTile[], explorer: Explorer | null, view: "crop" | "tile", bands: string}} */
const shown = { tiles: [], explorer: null, view: "crop", bands: "" };
/** @type {Owner} */
let owner;

/** @param {Explorer} explorer @param {AnyTile[]} tiles one or two */
export function openTile(explorer, tiles) {
  shown.explorer = explorer;
  shown.tiles = tiles;
  draw();
  if (!$("tile-dialog").open) $("tile-dialog").showModal();
}

export function closeTile() {
  if ($("tile-dialog").open) $("tile-dialog").close();
}

export function draw() {
  const { tiles, explorer, view, bands } = shown;
  if (!explorer) return;
  const single = tiles.length === 1, last = tiles[tiles.length - 1], change = !single && !!last.before;
  $("tile-title").textContent = change ? title(last) + " · " + t("beforeAndAfter") : single ? title(tiles[0]) : t("compare");
  $("tile-prev").hidden = $("tile-next").hidden = !(single || change) || !last.rank;
  for (const which of ["crop", "tile"]) $("view-" + which).setAttribute("aria-pressed", String(view === which));
  $("bands").replaceChildren(...BANDS.map(([value, key]) => h("option", { value, selected: value === bands }, t(key))));
  $("tile-bodies").dataset.count = String(tiles.length);
  $("tile-bodies").replaceChildren(...tiles.map(tile => {
    const facts = h("dl", {});
    const fact = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
      if (value) facts.append(h("dt", {}, t(name)), h("dd", {}, h("bdi", {}, value)));
    };
    fact("score", tile.score?.toFixed(4));
    fact("place", placeOf(tile));
    fact("date", dateOf(tile));
    fact("clouds", tile.clouds === undefined ? undefined : tile.clouds.toFixed(1) + " %");
    fact("cell", tile.cell);
    fact("product", tile.product);
    fact("id", tile.id);
    for (const [name, value] of factsOf(explorer, tile)) facts.append(h("dt", { class: "own" }, h("bdi", {}, name)), h("dd", {}, h("bdi", {}, value)));
    const act = (/** @type {string} */ words, /** @type {() => void} */ onclick, kind = "small") => h("button", { type: "button", class: kind, onclick }, t(words));
    const place = isPlaced(tile) ? tile.lat.toFixed(5) + ", " + tile.lon.toFixed(5) : "";
    return h("article", { class: "tile" },
      shot({ explorer: tile.explorer ?? explorer.name, row: tile.row, view, bands, tiles: tile.tiles }, tile.picture !== false && explorer.pictures !== false),
      h("div", {}, single ? null : h("h3", {}, change ? dateOf(tile) : title(tile)), facts, tile.explorer && tile.explorer !== explorer.name ? null : h("div", { class: "acts" },
        ...(tile.before ? [act("likeChange", () => owner.likeChange(tile), "small primary")] : []),
        act("moreLike", () => owner.moreLike(tile), tile.before ? "small" : "small primary"), act("addToQuery", () => owner.addToQuery(tile)),
        ...(place ? [act("showOnMap", () => owner.showOnMap(tile)), act("copyPlace", async () => toast(await copyText(place) ? t("copied", place) : place))] : []),
        ...judgeButtons(tile))));
  }));
}

/** @param {AnyTile} tile */
const title = tile => (tile.rank ? `#${tile.rank} · ` : "") + (tile.cell ?? middle(tile.id, 40));

/** @param {Owner} with_ */
export function openTiles(with_) {
  owner = with_;
  const dialog = $("tile-dialog");
  $("tile-close").addEventListener("click", closeTile);
  dialog.addEventListener("close", () => owner.closed());
  dialog.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog) closeTile();
  });
  for (const which of /** @type {("crop" | "tile")[]} */ (["crop", "tile"])) $("view-" + which).addEventListener("click", () => {
    shown.view = which;
    draw();
  });
  $("bands").addEventListener("change", () => {
    shown.bands = $("bands").value;
    draw();
  });
  const last = () => shown.tiles[shown.tiles.length - 1];
  $("tile-prev").addEventListener("click", () => owner.step(last(), -1));
  $("tile-next").addEventListener("click", () => owner.step(last(), 1));
  dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || $("tile-next").hidden || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    owner.step(last(), by);
  });
}
