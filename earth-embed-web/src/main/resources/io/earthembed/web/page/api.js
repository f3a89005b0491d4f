// The server's API, as openapi.yaml describes it.
import { session } from "./storage.js";

/**
 * @typedef {{west: number, south: number, east: number, north: number}} Box
 * @typedef {{type: "text" | "integer" | "number" | "time" | "flag", values?: string[], least?: string | number, greatest?: string | number}} Attribute
 * @typedef {{name: string, title: string, status: "ready" | "failed", message?: string, model?: string, asks?: string[],
 *   imageBands?: number, pictures?: boolean, tiles?: number, tilesTag?: string, bounds?: Box, from?: string, to?: string,
 *   undated?: number, unplaced?: number, clouds?: boolean, attributes?: Record<string, Attribute>, attribution?: string, licence?: string, examples?: string[]}} Explorer
 * @typedef {{row: number, id: string, cell?: string, lat?: number, lon?: number, product?: string, time?: string,
 *   clouds?: number, attributes?: Record<string, string | number | boolean>, picture?: boolean}} Tile
 * @typedef {Tile & {rank: number, score: number, before?: Tile & {explorer: string, tiles: string}}} Hit of changes, with the earlier tile
 * @typedef {{title: string, status: number, detail?: string}} ProblemDocument
 * @typedef {{explorer: string, query?: string, tilesTag?: string, problem?: ProblemDocument, hits?: Hit[], total?: number, undated?: number,
 *   learner?: "rocchio" | "logistic-regression", suggestions?: Hit[], artifacts?: number, earlier?: Tile[], earlierTag?: string, clusters?: {tiles: number, hits: Hit[]}[], field?: string, stages?: {name: string, ms: number}[], fallbacks?: string[]}} Result
 * @typedef {{version: string, baseMap?: {template: string, attribution: string},
 *   limits: {imageBytes: number, hits: number, parts: number}}} Server
 */

// A token stays out of the address, which people share.
const given = /^#token=(.+)$/.exec(location.hash);
if (given) {
  session.set("token", decodeURIComponent(given[1]));
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** What the server said about a request that failed. */
export class Problem extends Error {
  /** @param {ProblemDocument} document @param {number} [retryAfter] seconds */
  constructor(document, retryAfter) {
    super(document.detail || document.title);
    this.status = document.status;
    this.retryAfter = retryAfter;
  }
}

/** Whether an error only says that a request was canceled. @param {unknown} error */
export const isCanceled = error => error instanceof DOMException && error.name === "AbortError";

/**
 * Sends a request; waits and repeats it if the server is busy.
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 * @throws {Problem}
 */
async function send(path, options = {}) {
  const token = session.get("token");
  const headers = { ...options.headers, ...(token && { Authorization: "Bearer " + token }) };
  for (let attempt = 0; ; attempt++) {
    let response;
    try {
      response = await fetch(path, { ...options, headers });
    } catch (error) {
      if (isCanceled(error)) throw error;
      throw new Problem({ title: "unreachable", status: 0 });
    }
    if (response.ok) return response;
    const retryAfter = Number(response.headers.get("Retry-After")) || 1;
    if (response.status === 429 && attempt < 4) {
      await new Promise(resolve => setTimeout(resolve, Math.min(10, retryAfter) * 1000));
      options.signal?.throwIfAborted();
      continue;
    }
    let document = { title: response.statusText || "error", status: response.status };
    try {
      document = await response.json();
    } catch {
      // An answer without a problem document, for example of a proxy: its status says all.
    }
    throw new Problem(document, retryAfter);
  }
}

/** @param {string} path @param {object} body @param {AbortSignal} [signal] */
const post = (path, body, signal) =>
  send(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal });
const explorerPath = (/** @type {string} */ name) => "api/explorers/" + encodeURIComponent(name);

/** The tags of the tiles that the page has: a row means a tile only together with them. @type {Map<string, string>} */
const tags = new Map();
const ofTiles = (/** @type {string} */ tag) => tag && "tiles=" + tag;

/**
 * Reads the server-sent events of an answer.
 * @param {Response} response
 * @returns {AsyncGenerator<{name: string, data: string}>}
 */
async function* events(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader(), decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(error => {
        throw isCanceled(error) ? error : new Problem({ title: "unreachable", status: 0 });
      });
      if (done) return;
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = { name: "", data: "" };
        for (const line of text.slice(0, end).split("\n")) {
          if (line.startsWith("event: ")) event.name = line.slice(7);
          if (line.startsWith("data: ")) event.data += line.slice(6);
        }
        text = text.slice(end + 2);
        if (event.name) yield event;
      }
    }
  } finally {
    reader.releaseLock();
  }
}

export const api = {
  /** @returns {Promise<Server>} */
  server: async () => (await send("api")).json(),
  /** @returns {Promise<Explorer[]>} */
  async explorers() {
    const all = (await (await send("api/explorers")).json()).explorers;
    for (const one of all) if (!tags.has(one.name)) tags.set(one.name, one.tilesTag || "");
    return all;
  },
  /** The tag of the tiles that the page has of an explorer. @param {string} name */
  tiles: name => tags.get(name) || "",
  /** Moves to other tiles of an explorer. @param {string} name @param {string} tag */
  useTiles: (name, tag) => tags.set(name, tag),

  /** Reads the places of all tiles: longitudes and latitudes. @param {string} name @param {AbortSignal} [signal] */
  async points(name, signal) {
    const all = new Float32Array(await (await send(explorerPath(name) + "/points?" + ofTiles(api.tiles(name)), { signal })).arrayBuffer());
    const lons = new Float32Array(all.length / 2), lats = new Float32Array(all.length / 2);
    for (let i = 0; i < lons.length; i++) {
      lons[i] = all[2 * i];
      lats[i] = all[2 * i + 1];
    }
    return { lons, lats };
  },

  /**
   * Reads a score field, best first: rows and scores of the tiles that passed the filter.
   * @param {string} id
   * @param {AbortSignal} [signal]
   */
  async field(id, signal) {
    const buffer = await (await send("api/fields/" + id, { signal })).arrayBuffer();
    return sortField(buffer);
  },

  /** @param {string} name @param {number} row @returns {Promise<Tile>} */
  tile: async (name, row) => (await send(explorerPath(name) + "/tiles/" + row + "?" + ofTiles(api.tiles(name)))).json(),
  /** @param {string} name @param {string} id @param {AbortSignal} [signal] @returns {Promise<Tile>} */
  tileById: async (name, id, signal) =>
    (await send(explorerPath(name) + "/tiles?id=" + encodeURIComponent(id) + "&" + ofTiles(api.tiles(name)), { signal })).json(),

  /**
   * Has the server read pictures of some tiles; yields each row when its picture is ready, or cannot be read.
   * @param {string} name
   * @param {number[]} rows
   * @param {"thumbnail" | "crop" | "tile"} view
   * @param {string} bands
   * @param {string} tiles the tag that the rows belong to
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<{row: number, problem?: ProblemDocument}>}
   */
  async *readPictures(name, rows, view, bands, tiles, signal) {
    const response = await send(`${explorerPath(name)}/pictures?rows=${rows}&view=${view}${bands && "&bands=" + bands}&${ofTiles(tiles)}`, { signal });
    for await (const event of events(response)) if (event.name === "picture") yield JSON.parse(event.data);
  },

  /**
   * Reads a picture of a tile.
   * @param {string} name
   * @param {number} row
   * @param {"thumbnail" | "crop" | "tile"} view
   * @param {string} bands
   * @param {string} tiles the tag that the row belongs to
   * @param {AbortSignal} [signal]
   */
  picture: async (name, row, view, bands, tiles, signal) =>
    (await send(`${explorerPath(name)}/tiles/${row}/picture?view=${view}${bands && "&bands=" + bands}&${ofTiles(tiles)}`, { signal })).blob(),

  /** @param {Blob} file @param {AbortSignal} [signal] @returns {Promise<{image: string, width: number, height: number}>} */
  upload: async (file, signal) =>
    (await send("api/images", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" }, signal })).json(),
  /** @param {object} search @param {AbortSignal} [signal] @returns {Promise<Result[]>} */
  search: async (search, signal) => (await (await post("api/search", search, signal)).json()).results,

  /** Ranks or groups tiles without a query. @param {string} name @param {"changes" | "outliers" | "clusters"} kind @param {object} body @param {AbortSignal} [signal] @returns {Promise<Result>} */
  analyze: async (name, kind, body, signal) => (await post(explorerPath(name) + "/" + kind, body, signal)).json(),

  /** @param {string} format @param {object} search @param {AbortSignal} [signal] */
  export: async (format, search, signal) => fileOf(await post("api/export?format=" + format, search, signal), format),

  /** Writes the hits of an analysis. @param {string} name @param {"changes" | "outliers" | "clusters"} kind @param {string} format @param {object} body @param {AbortSignal} [signal] */
  exportAnalysis: async (name, kind, format, body, signal) => fileOf(await post(`${explorerPath(name)}/${kind}/export?format=${format}`, body, signal), format)
};

/** The file of an answer. @param {Response} response @param {string} format */
async function fileOf(response, format) {
  const name = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") || "");
  return { blob: await response.blob(), name: name ? name[1] : "tiles." + format };
}

/**
 * Decodes a score field and sorts it, best first; equal scores are in the order of their rows.
 * @param {ArrayBuffer} buffer
 */
export function sortField(buffer) {
  const [low, high] = new Float32Array(buffer, 0, 2), levels = new Uint16Array(buffer, 8);
  const starts = new Int32Array(65536);
  let passed = 0;
  for (const level of levels) if (level !== 65535) {
    starts[level]++;
    passed++;
  }
  for (let level = 65534, at = 0; level >= 0; level--) {
    const count = starts[level];
    starts[level] = at;
    at += count;
  }
  const rows = new Int32Array(passed), scores = new Float32Array(passed), step = (high - low) / 65534;
  for (let row = 0; row < levels.length; row++) {
    const level = levels[row];
    if (level === 65535) continue;
    const at = starts[level]++;
    rows[at] = row;
    scores[at] = low + level * step;
  }
  return { rows, scores };
}
