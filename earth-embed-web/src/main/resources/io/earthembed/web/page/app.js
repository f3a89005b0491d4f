// The page: joins query, filters, maps, hits and the server.
import { COLORS, offerAnalysis, openAnalysis, TYPICAL } from "./analysis.js";
import { api, isCanceled, Problem } from "./api.js";
import { factsLine } from "./attributes.js";
import { $, h, say, settled, toast } from "./dom.js";
import { clearFilters, drawOnMap, isDrawing, openFilters, showFilters } from "./filters.js";
import { loadMaps, look, openMaps, panes, redraw, rememberView, repaint } from "./maps.js";
import { copyText, middle, placeText } from "./map/text.js";
import { dropPictures, followPictures, shot } from "./pictures.js";
import { addPart, openQuery, queryName, replaceQuery, showQuery } from "./query.js";
import { dateOf, isPlaced, openResults, placeOf, point, selectionOf, showHits, showInstead, showMarks } from "./results.js";
import { analysisRequest, hasQuery, readAddress, recent, remember, searchRequest, state, writeAddress } from "./state.js";
import { local } from "./storage.js";
import { openExport, openTake } from "./take.js";
import { applyThreshold, openThreshold, visibleOf } from "./threshold.js";
import { closeTile, draw as drawTile, openTile, openTiles } from "./tile.js";
import { currentLanguage, errorWords, setLanguage, t, translate, whole } from "./words.js";

/**
 * @typedef {import("./api.js").Explorer} Explorer
 * @typedef {import("./api.js").Tile} Tile
 * @typedef {import("./maps.js").Pane} Pane
 * @typedef {import("./results.js").Answer} Answer
 */

/** The most tiles of a file of clusters, of which none is better than another. */
const EXPORTED = 1e6;
/** Hits that one request asks for. */
const PAGE = 40;
/** How many tiles to mark next are shown. */
const SUGGESTIONS = 24;
/** Texts to try if the operator gives none. */
const EXAMPLES = ["a satellite image of a river", "a satellite image of a glacier", "a satellite image of farmland", "a satellite image of a desert", "a satellite image of a city", "a satellite image of a forest"];

/** @type {Explorer[]} */
let explorers = [];
let limits = { imageBytes: 20e6, hits: 10000, parts: 16 };
/** @type {Map<string, Answer>} by explorer */
const answers = new Map();
/** @type {Map<string, Promise<{lons: Float32Array, lats: Float32Array}>>} by explorer and tag */
const places = new Map();
/** @type {AbortController | null} */
let running = null;
/** The address of the last search, so that changes after it do not become entries of the history. */
let searched = "";
/** Whether the search that runs asks what to mark next. */
let suggesting = false;

const ready = () => explorers.filter(one => one.status === "ready");
function shownExplorers() {
  const chosen = ready().filter(one => state.models.includes(one.name));
  return chosen.length ? chosen : ready().slice(0, 1);
}
const activePane = () => panes.find(pane => pane.explorer.name === state.tab) || panes[0];
const activeAnswer = () => answers.get(activePane()?.explorer.name || "");
const takesText = (/** @type {Explorer} */ one) => !one.asks || one.asks.includes("text");

// --- the address ----------------------------------------------------------------------------------------------------

const saveAddress = settled(() => history.replaceState(null, "", writeAddress() || location.pathname), 250);

/** Goes to an address as if it had been opened. @param {string} address */
function goTo(address) {
  readAddress(address);
  restore();
  run();
}

function restore() {
  showQuery();
  showFilters();
  openMaps(shownExplorers(), mapOwner);
  if (state.view) look(state.view);
}

// --- searching ------------------------------------------------------------------------------------------------------

/** @param {Explorer} explorer */
function placesOf(explorer) {
  const key = explorer.name + " " + explorer.tilesTag;
  let found = places.get(key);
  if (!found) {
    found = api.points(explorer.name);
    places.set(key, found);
    found.catch(() => places.delete(key)); // the next search asks again
  }
  return found;
}

/** Has the page show the tiles that a search has found: they have changed. @param {Explorer} explorer @param {string} tag */
async function moveTo(explorer, tag) {
  places.delete(explorer.name + " " + explorer.tilesTag);
  Object.assign(explorer, (await api.explorers()).find(one => one.name === explorer.name), { tilesTag: tag });
  api.useTiles(explorer.name, tag);
}

function status(/** @type {string} */ words, busy = false) {
  const node = $("status");
  node.textContent = node.title = words;
  node.classList.toggle("busy", busy);
}

function stop() {
  running?.abort();
  running = null;
  dropPictures();
}

/** Goes back to a query, or to marks. */
function dropAnalysis() {
  state.analysis = null;
  showQuery();
}

/** Searches with the state. @param {boolean} [again] whether the address is in the history already */
async function run(again = false) {
  stop();
  say("query-error");
  if (!hasQuery()) {
    welcome();
    if (!again) say("query-error", explorers.length ? t("emptyQuery") : "");
    return;
  }
  if (state.parts.some(part => part.busy)) return; // the upload searches when it is done
  if (state.analysis && (state.text.trim() || state.parts.length)) dropAnalysis(); // a query takes its place
  pin(null);
  closeTileQuietly(again);
  const mine = running = new AbortController(), start = performance.now();
  openMaps(shownExplorers(), mapOwner);
  if (!panes.some(pane => pane.explorer.name === state.tab)) state.tab = panes[0]?.explorer.name || "";
  const address = writeAddress();
  if (!again && address !== searched) history.pushState(null, "", address);
  searched = address;
  setRunning(true);
  let stage = "searching";
  const tick = () => status(t(stage, ((performance.now() - start) / 1000).toFixed(1)), true);
  const timer = setInterval(tick, 100);
  tick();
  const all = await Promise.all(panes.map(pane => answer(pane, mine, () => stage = "loadingScores")));
  clearInterval(timer);
  if (running !== mine) return;
  await drawn();
  if (running !== mine) return;
  running = null;
  setRunning(false);
  if (all.some(found => found)) remember(queryName() || t("feedback", state.good.length, state.bad.length));
  showStages(performance.now() - start);
  saveAddress();
  openFromAddress();
}

/** Waits until the maps have drawn what they show; a hidden page draws nothing. */
const drawn = () => document.hidden ? null : new Promise(resolve => requestAnimationFrame(resolve));

/**
 * Searches with one model and shows its answer.
 * @param {Pane} pane
 * @param {AbortController} mine
 * @param {() => void} found is called when the hits are there
 */
async function answer(pane, mine, found) {
  const { explorer } = pane, { name } = explorer;
  /** @type {Answer} */
  const answer = { explorer, hits: [], total: 0, undated: 0, fallbacks: [], error: "", stages: [], loadingMore: false, complete: false, chosen: -1 };
  pane.complain("");
  try {
    let known = placesOf(explorer);
    const result = await resultOf(explorer, 0, mine.signal);
    if (result.tilesTag && result.tilesTag !== explorer.tilesTag) {
      await moveTo(explorer, result.tilesTag);
      known = placesOf(explorer);
    }
    found();
    const notes = result.learner ? [t(result.learner === "rocchio" ? "learnedRocchio" : "learnedRegression")] : [];
    if (result.suggestions) notes.push(t("labelThese"));
    if (result.artifacts) notes.push(t("artifacts", whole(result.artifacts)));
    result.fallbacks = [...notes, ...result.fallbacks || []];
    Object.assign(answer, { hits: result.suggestions || result.hits || [], total: result.total || 0, undated: result.undated || 0, fallbacks: result.fallbacks || [], stages: result.stages || [], clusters: result.clusters });
    answer.complete = Boolean(result.suggestions || result.clusters) || answer.hits.length < PAGE || answer.hits.length >= answer.total;
    answers.set(name, answer);
    // The scores are on their way while the hits are drawn.
    const both = result.field && Promise.all([known, api.field(result.field, mine.signal)]);
    if (pane === activePane()) showActive();
    if (both) {
      const [points, scores] = await both;
      mine.signal.throwIfAborted();
      if (answer.clusters) {
        answer.show = () => pane.showGroups(points, scores, COLORS, answer.chosen);
        answer.show();
      } else {
        pane.show(points, scores);
        pane.mark(answer.hits);
      }
      applyThreshold();
    }
    return true;
  } catch (error) {
    if (isCanceled(error) || mine.signal.aborted) return false;
    answer.error = !takesText(explorer) && state.text ? t("noTextModel", explorer.title) : errorWords(error);
    answer.complete = true;
    answers.set(name, answer);
    // The error stands where it belongs: on its map if there are several, else at the query.
    if (panes.length > 1) pane.complain(answer.error);
    else say("query-error", answer.error);
    if (panes.length === 1) {
      answers.delete(name);
      welcome();
    } else if (pane === activePane()) showActive();
    return false;
  }
}

/**
 * Asks the server for hits of a model: of the query, or of the analysis that stands in its place.
 * @param {Explorer} explorer
 * @param {number} offset how many hits there are already
 * @param {AbortSignal} [signal]
 */
async function resultOf(explorer, offset, signal) {
  const page = { k: PAGE, offset, field: !offset }, { analysis } = state;
  if (!analysis) {
    const request = searchRequest(explorer), suggest = suggesting && !offset ? SUGGESTIONS : 0;
    const feedback = request.feedback && { feedback: { ...request.feedback, suggest } };
    const [result] = await api.search({ ...request, ...feedback, ...page }, signal);
    if (result.problem) throw new Problem(result.problem);
    return result;
  }
  const typical = analysis.kind === "clusters" && { k: TYPICAL };
  const result = await api.analyze(explorer.name, analysis.kind, { ...analysisRequest(analysis), ...page, ...typical }, signal);
  if (result.clusters) result.hits = []; // its hits are tiles of the last cluster
  result.earlier?.forEach((tile, i) => {
    const hit = result.hits?.[i], of = analysis.kind === "changes" && analysis.earlier || explorer.name;
    if (hit) hit.before = { ...tile, explorer: of, tiles: result.earlierTag || "" };
  });
  return result;
}

function setRunning(/** @type {boolean} */ on) {
  const button = $("go");
  button.querySelector("span").textContent = t(on ? "cancel" : "search");
  button.type = on ? "button" : "submit";
  button.classList.toggle("running", on);
}

/** The time of each stage, in words. @param {number} ms */
function showStages(ms) {
  const found = activeAnswer();
  if (!found) {
    status("");
    return;
  }
  const names = /** @type {Record<string, string>} */ ({ wait: "wait", encode: "encode", filter: "filter", search: "searchStage", rank: "rankStage", field: "field" });
  const time = (/** @type {number} */ value) => value < 1 ? "<1 ms" : value < 1000 ? Math.round(value) + " ms" : (value / 1000).toFixed(1) + " s";
  const stages = found.stages.filter(stage => stage.ms >= 0.5).map(stage => t(names[stage.name] || "field") + " " + time(stage.ms));
  const words = [...stages, t("shown", time(ms))].join(" · ");
  shownAfter = ms;
  stagesText = words;
  showProgress();
}
let stagesText = "", shownAfter = 0;
/** Pictures of the view: how many there are to read, and how many are read. */
let pictures = { done: 0, total: 0 };

/** Counts pictures while they are read; then the times of the search are back. */
function showProgress() {
  const { done, total } = pictures;
  status(total ? t("pictures", done, total) : stagesText, total > 0);
}

/** @param {Answer} answer */
async function more(answer) {
  answer.loadingMore = true;
  answer.error = "";
  showHits(answer);
  try {
    const result = await resultOf(answer.explorer, answer.hits.length);
    if (result.tilesTag !== answer.explorer.tilesTag) return run(true); // the tiles have changed: their rows are others
    answer.hits.push(...result.hits || []);
    answer.complete = (result.hits || []).length < PAGE || answer.hits.length >= Math.min(answer.total, limits.hits);
  } catch (error) {
    answer.error = errorWords(error);
  }
  answer.loadingMore = false;
  if (activeAnswer() === answer) {
    showHits(answer);
    showMarks(answer.explorer.name);
  }
}

// --- hits -----------------------------------------------------------------------------------------------------------

/** Lists the hits of a map's model, and has the threshold be its own. @param {Pane} pane */
function choose(pane) {
  state.tab = pane.explorer.name;
  showActive();
  applyThreshold();
  saveAddress();
}

function showActive() {
  for (const pane of panes) pane.title.setAttribute("aria-pressed", String(pane === activePane()));

  const found = activeAnswer(), several = panes.length > 1, tabs = $("tabs");
  tabs.hidden = !several;
  tabs.replaceChildren(...(several ? panes : []).map(pane => {
    const on = pane === activePane();
    return h("button", {
      type: "button", role: "tab", dir: "auto", "aria-selected": String(on), "aria-controls": "list", tabindex: on ? 0 : -1,
      onclick: () => choose(pane)
    }, pane.explorer.title);
  }));
  if (several) $("list").setAttribute("role", "tabpanel");
  else $("list").setAttribute("role", "region");
  if (found) {
    showHits(found);
    showMarks(found.explorer.name);
  } else if (!hasQuery()) welcome();
}

/** What the page says before the first search. */
function welcome() {
  const chips = (/** @type {[string, () => void][]} */ all) => h("div", { class: "chips" }, ...all.map(([words, act]) => h("button", { type: "button", dir: "auto", onclick: act }, words)));
  const box = h("div", { class: "empty" }, h("h2", {}, t("welcome")), h("p", {}, t("welcomeText")), h("h3", {}, t("examples")),
    chips(examples().map(text => [text, () => {
      state.text = text;
      showQuery();
      run();
    }])));
  box.append(h("h3", {}, t("analyzeTitle")), chips(/** @type {("changes" | "outliers" | "clusters")[]} */ (["changes", "outliers", "clusters"]).map(kind => [t(kind), () => offerAnalysis(kind)])));
  const past = recent();
  if (past.length) box.append(h("h3", {}, t("recent")), chips(past.map(({ label, address }) => [middle(label, 60), () => goTo(address)])));
  box.append(h("h3", {}, t("about")));
  for (const one of explorers) {
    const words = one.status === "failed" ? t("failedModel", one.message || "") : t("tilesOf", whole(one.tiles || 0), one.model || "");
    box.append(h("p", { dir: "auto", class: one.status === "failed" ? "error" : "faint" }, h("b", {}, one.title), " – " + words,
      [one.attribution, one.licence].filter(Boolean).map(text => " · " + text).join("")));
  }
  showInstead(box);
  showMarks("");
  for (const pane of panes) if (!pane.scores) placesOf(pane.explorer).then(points => pane.scores || pane.showPlaces(points), error => pane.complain(errorWords(error)));
}

const examples = () => {
  const given = shownExplorers().flatMap(one => one.examples || []);
  return given.length ? [...new Set(given)].slice(0, 8) : shownExplorers().some(takesText) ? EXAMPLES : [];
};

/** @param {Tile} tile */
const moreLike = tile => {
  closeTile();
  replaceQuery({ kind: "tile", weight: 1, tile: tile.id });
};
/** Finds changes like that of a cell. @param {Tile} tile the later one */
function likeChange(tile) {
  if (state.analysis?.kind !== "changes") return;
  closeTile();
  state.analysis = { ...state.analysis, like: tile.id };
  state.limit = null;
  state.limits = {};
  showQuery();
  run();
}
/** @param {Tile} tile */
function showOnMap(tile) {
  if (!isPlaced(tile)) return;
  closeTile();
  const pane = activePane(), at = pane.indexOfRow[tile.row] ?? -1;
  if (at >= 0 && at < pane.map.visible) pane.map.goTo(at);
  else look({ lat: tile.lat, lon: tile.lon, zoom: Math.max(state.view?.zoom || 0, 5) });
  pane.map.element.focus({ preventScroll: true });
}

/** @param {Tile} tile */
function open(tile) {
  state.open = tile.id;
  const { before } = /** @type {import("./tile.js").AnyTile} */ (tile);
  openTile(activePane().explorer, before ? [before, tile] : [tile]);
  saveAddress();
}

/** Steps from one hit to the next. @param {Tile & {rank?: number}} tile @param {number} by */
async function step(tile, by) {
  const found = activeAnswer();
  if (!found) return;
  const at = found.hits.findIndex(hit => hit.id === tile.id) + by;
  if (at >= found.hits.length && !found.complete) await more(found);
  const next = found.hits[at];
  if (next) open(next);
}

function closeTileQuietly(/** @type {boolean} */ again) {
  if (!again) state.open = "";
  closeTile();
}

/** Opens the tile that the address names. */
async function openFromAddress() {
  const id = state.open, pane = activePane();
  if (!id || !pane) return;
  const hit = activeAnswer()?.hits.find(one => one.id === id);
  try {
    open(hit || await api.tileById(pane.explorer.name, id));
  } catch (error) {
    toast(errorWords(error));
  }
}

// --- the maps -------------------------------------------------------------------------------------------------------

/** @type {Map<string, Promise<Tile>>} */
const known = new Map();
/** @param {Pane} pane @param {number} row */
function tileOf(pane, row) {
  const key = pane.explorer.name + " " + row;
  let found = known.get(key);
  if (!found) {
    if (known.size > 500) known.clear();
    found = api.tile(pane.explorer.name, row);
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}

/** The card beside the pointer, or pinned to a place by a click. @type {{pane: Pane, at: number, lat: number, lon: number, pinned: boolean} | null} */
let card = null;

const wantTile = settled(() => {
  const mine = card;
  if (!mine || mine.at < 0) return;
  tileOf(mine.pane, mine.pane.rowAt(mine.at)).then(tile => {
    if (card === mine) fillCard(tile);
  }, () => {});
}, 120);

/** @param {Tile} [tile] what the server says of the tile */
function fillCard(tile) {
  const box = $("card");
  box.hidden = !card;
  if (!card) return;
  const { pane, at, lat, lon, pinned } = card, score = at >= 0 ? pane.scores?.scores[at] : undefined;
  const hit = at >= 0 ? answers.get(pane.explorer.name)?.hits.find(one => one.row === pane.rowAt(at)) : undefined;
  box.classList.toggle("pinned", pinned);
  const act = (/** @type {string} */ words, /** @type {() => void} */ onclick, kind = "small") => h("button", { type: "button", class: kind, onclick }, t(words));
  const what = hit || tile, parts = [];
  if (pinned && at >= 0 && what) parts.push(shot({ explorer: pane.explorer.name, row: what.row, view: "thumbnail", bands: "" }, what.picture !== false && pane.explorer.pictures !== false));
  if (at >= 0) parts.push(h("b", {}, hit ? `#${whole(hit.rank)} · ${hit.score.toFixed(4)}` : score === undefined ? "" : pane.grouped === null ? score.toFixed(4) : t("cluster", score + 1)));
  if (what) parts.push(h("div", {}, [dateOf(what), what.cell].filter(Boolean).join(" · ")));
  parts.push(h("div", { class: at >= 0 ? "" : "b" }, placeText(lat, lon)));
  const facts = what && factsLine(pane.explorer, what);
  if (facts) parts.push(h("div", { class: "facts" }, h("bdi", {}, middle(facts, 160))));
  if (what) parts.push(h("div", { class: "faint" }, h("bdi", {}, middle(what.id, 60))));
  const place = /** @type {import("./state.js").Part} */ ({ kind: "place", weight: 1, lat, lon });
  if (pinned) parts.push(h("div", { class: "row" }, ...(what
    ? [act("open", () => open(what), "small primary"), act("moreLike", () => moreLike(what))]
    : [act("searchHere", () => replaceQuery(place), "small primary")]),
  act("addToQuery", () => {
    addPart(what ? { kind: "tile", weight: 1, tile: what.id } : place);
    pin(null);
    $("text").focus();
  }), act("close", () => pin(null))));
  box.replaceChildren(...parts);
  putCard();
}

function putCard() {
  if (!card) return;
  const box = $("card"), rect = card.pane.map.element.getBoundingClientRect(), [x, y] = card.pane.map.spot(card.lat, card.lon);
  const px = rect.left + x, py = rect.top + y, w = box.offsetWidth, tall = box.offsetHeight;
  box.hidden = x < 0 || y < 0 || x > rect.width || y > rect.height;
  let left = px + 16 + w < innerWidth - 8 ? px + 16 : px - 16 - w, top = py - tall / 2;
  if (left < 8) {
    left = px - w / 2;
    top = py > tall + 24 ? py - 16 - tall : py + 16;
  }
  box.style.left = Math.max(8, Math.min(innerWidth - w - 8, left)) + "px";
  box.style.top = Math.max(8, Math.min(innerHeight - tall - 8, top)) + "px";
}

/** Pins the card to a place, or takes it away. @param {{pane: Pane, at: number, lat: number, lon: number} | null} place */
function pin(place) {
  card = place && { ...place, pinned: true };
  fillCard();
  if (card && card.at >= 0) wantTile();
}

let current = -1, quiet = false;
/** @type {import("./maps.js").Owner} */
const mapOwner = {
  onHover(pane, at) {
    point(at < 0 ? -1 : pane.rowAt(at));
    if (card?.pinned || quiet) return;
    const { lats, lons } = pane.map.columns;
    card = at < 0 || isDrawing() ? null : { pane, at, lat: lats[at], lon: lons[at], pinned: false };
    fillCard();
    wantTile();
  },
  onChoose: choose,
  onClick(pane, at, lat, lon) {
    if (isDrawing()) return;
    const { lats, lons } = pane.map.columns;
    pin(at < 0 ? { pane, at, lat, lon } : { pane, at, lat: lats[at], lon: lons[at] });
  },
  onMove() {
    putCard();
    rememberView();
    saveAddress();
  },
  // Leaflet handles the arrows, plus and minus.
  onKey(pane, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const hits = answers.get(pane.explorer.name)?.hits || [];
    const go = (/** @type {number} */ to) => {
      if (!hits.length) return;
      current = Math.max(0, Math.min(hits.length - 1, to));
      const hit = hits[current], at = pane.indexOfRow[hit.row] ?? -1;
      pin(null);
      const words = [`#${hit.rank}`, hit.score.toFixed(4), dateOf(hit), placeOf(hit)].join(", ");
      if (!isPlaced(hit)) {
        pane.map.hover(-1);
        status(words);
      } else if (at < 0 || at >= pane.map.visible) {
        pane.map.hover(-1);
        toast(t("belowThreshold", hit.rank));
      } else {
        pane.map.goTo(at);
        status(words);
      }
    };
    const act = /** @type {Record<string, () => void>} */ ({
      n: () => go(current + 1), p: () => go(current - 1), 0: () => pane.map.all(),
      enter: () => {
        if (current >= 0 && hits[current]) open(hits[current]);
      },
      escape: () => {
        pin(null);
        pane.map.hover(-1);
      }
    })[event.key.toLowerCase()];
    if (!act || isDrawing()) return;
    event.preventDefault();
    act();
  }
};

// --- everything else ------------------------------------------------------------------------------------------------

function showHelp() {
  const keys = [["/", "keySearch"], ["← ↑ → ↓", "keyMove"], ["+ −", "keyZoom"], ["n p", "keyHits"], ["Enter", "keyOpen"], ["0", "keyHome"], ["Esc", "keyEscape"]];
  $("help-text").replaceChildren(h("p", {}, t("helpIntro")), h("dl", {}, ...keys.flatMap(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(words))])));
  $("help-dialog").showModal();
}

function setTheme(/** @type {string} */ theme) {
  document.documentElement.dataset.theme = theme;
  repaint();
  applyThreshold();
}

function showWords() {
  translate();
  $("language").textContent = currentLanguage() === "zh" ? "English" : "中文";
  $("language").lang = currentLanguage() === "zh" ? "en" : "zh";
  showFilters();
  showQuery();
  setRunning(!!running);
  for (const pane of panes) pane.label();
  applyThreshold();
  showActive();
  drawTile();
  if (shownAfter && !running) showStages(shownAfter);
}

function connect() {
  openQuery({ run, goTo, explorers: () => explorers, maxBytes: () => limits.imageBytes, examples, pickPlace: then => drawOnMap("place", area => area?.kind === "circle" && then(area.lat, area.lon)) });
  openFilters({
    changed: () => {
      showQuery();
      redraw();
      if (hasQuery()) run();
      else saveAddress();
    },
    explorers: () => explorers, shown: shownExplorers,
    models: () => {
      showFilters();
      openMaps(shownExplorers(), mapOwner);
      state.tab = panes.some(pane => pane.explorer.name === state.tab) ? state.tab : panes[0].explorer.name;
      if (hasQuery()) run();
      else {
        welcome();
        saveAddress();
      }
    }
  });
  openAnalysis({
    run: () => {
      showQuery();
      run();
    },
    explorers: () => explorers, shown: shownExplorers
  });
  openThreshold({ panes: () => panes, active: activePane, changed: saveAddress });
  openResults({
    open, more, moreLike, likeChange, clearFilters,
    showCluster: (answer, cluster) => {
      answer.chosen = cluster;
      answer.show?.();
      showHits(answer);
    },
    hover: hit => {
      quiet = true;
      const pane = activePane(), at = hit && isPlaced(hit) ? pane.indexOfRow[hit.row] ?? -1 : -1;
      pane.map.steered = at >= 0;
      pane.map.hover(at < pane.map.visible ? at : -1);
      quiet = false;
    },
    changed: () => {
      showMarks(activePane()?.explorer.name || "");
      saveAddress();
    }
  });
  openTiles({
    moreLike, likeChange, showOnMap, step,
    addToQuery: tile => {
      closeTile();
      addPart({ kind: "tile", weight: 1, tile: tile.id });
      $("text").focus();
    },
    closed: () => {
      state.open = "";
      saveAddress();
    }
  });
  openTake();
  followPictures((done, total) => {
    pictures = { done, total };
    if (!running) showProgress();
  });

  $("go").addEventListener("click", (/** @type {Event} */ event) => {
    if (!running) return;
    event.preventDefault();
    stop();
    setRunning(false);
    status(t("canceled"));
  });
  for (const layout of ["gallery", "table"]) $("as-" + layout).addEventListener("click", () => {
    state.layout = layout;
    showActive();
    saveAddress();
  });
  $("learn").addEventListener("click", () => {
    dropAnalysis();
    run();
  });
  $("label-next").addEventListener("click", async () => {
    dropAnalysis();
    suggesting = true;
    await run(true);
    suggesting = false;
  });
  $("forget").addEventListener("click", () => {
    state.good = [];
    state.bad = [];
    showMarks(activePane().explorer.name);
    if (hasQuery()) run();
  });
  $("unselect").addEventListener("click", () => {
    selectionOf(activePane().explorer.name).clear();
    showMarks(activePane().explorer.name);
  });
  $("compare").addEventListener("click", () => openTile(activePane().explorer, [...selectionOf(activePane().explorer.name).values()]));
  $("export-open").addEventListener("click", () => {
    const pane = activePane(), { name } = pane.explorer, { analysis } = state;
    if (!analysis) {
      openExport(api.export, searchRequest(pane.explorer), [...selectionOf(name).keys()], visibleOf(pane), "scopeAbove", limits.hits);
      return;
    }
    const groups = analysis.kind === "clusters", write = api.exportAnalysis.bind(null, name, analysis.kind);
    if (groups) openExport(write, analysisRequest(analysis), [], activeAnswer()?.total || 0, "scopeAll", EXPORTED);
    else openExport(write, analysisRequest(analysis), [], visibleOf(pane), "scopeAbove", limits.hits);
  });
  $("share").addEventListener("click", async () => {
    history.replaceState(null, "", writeAddress() || location.pathname);
    const copied = await copyText(location.href);
    toast(t(!copied ? "notCopied" : state.parts.some(part => part.kind === "image") ? "sharedPicture" : "shared"));
  });
  $("help").addEventListener("click", showHelp);
  $("help-close").addEventListener("click", () => $("help-dialog").close());
  $("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    local.set("theme", theme);
    setTheme(theme);
  });
  $("language").addEventListener("click", () => {
    setLanguage(currentLanguage() === "zh" ? "en" : "zh");
    showWords();
  });
  $("zoom-in").addEventListener("click", () => panes[0]?.map.leaflet.zoomIn(0.7));
  $("zoom-out").addEventListener("click", () => panes[0]?.map.leaflet.zoomOut(0.7));
  $("home").addEventListener("click", () => panes[0]?.map.all());
  $("tabs").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const all = [...$("tabs").children], at = (all.indexOf(document.activeElement) + by + all.length) % all.length;
    all[at].click();
    $("tabs").children[at].focus();
  });
  addEventListener("keydown", event => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      $("text").focus();
      $("text").select();
    }
    if (event.key === "?") showHelp();
    if (event.key === "Escape") pin(null);
  });
  addEventListener("popstate", () => {
    readAddress(location.search);
    restore();
    run(true);
  });
  addEventListener("resize", () => putCard());
  // A browser keeps pages that were left, with their requests, for the way back.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", event => {
    if (event.persisted && hasQuery()) run(true);
  });
}

async function start() {
  const dark = matchMedia("(prefers-color-scheme: dark)"), chosen = local.get("theme");
  document.documentElement.dataset.theme = chosen || (dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => local.get("theme") || setTheme(dark.matches ? "dark" : "light"));
  readAddress(location.search);
  translate();
  connect();
  status(t("starting"), true);
  try {
    const [server, all] = await Promise.all([api.server(), api.explorers()]);
    limits = { ...limits, ...server.limits };
    explorers = all;
    await loadMaps(server.baseMap || null);
  } catch (error) {
    status("");
    showWords();
    say("query-error", errorWords(error));
    return;
  }
  status("");
  openMaps(shownExplorers(), mapOwner);
  state.tab = panes.some(pane => pane.explorer.name === state.tab) ? state.tab : panes[0]?.explorer.name || "";
  showWords();
  document.documentElement.dataset.ready = "true";
  if (hasQuery()) run(true);
  else {
    welcome();
    if (matchMedia("(pointer: fine)").matches) $("text").focus({ preventScroll: true });
    $("suggestions").hidden = true;
  }
}

start();
