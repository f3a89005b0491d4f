// Taking hits home as a file.
import { isCanceled } from "./api.js";
import { $, h, say } from "./dom.js";
import { local } from "./storage.js";
import { errorWords, t, whole } from "./words.js";

const FORMATS = ["zip", "geojson", "csv", "kml", "geoparquet", "stac"];
/** @type {AbortController | null} */
let running = null;

/**
 * Asks what to take home and in which format.
 * @param {(format: string, body: object, signal: AbortSignal) => Promise<{blob: Blob, name: string}>} write asks the server for the file
 * @param {object} search the request of the search or the analysis
 * @param {string[]} selected ids
 * @param {number} above tiles that reach the threshold
 * @param {"scopeAbove" | "scopeAll"} all the words for all of them
 * @param {number} most the most hits of an export
 */
export function openExport(write, search, selected, above, all, most) {
  const taken = Math.min(above, most);
  const radio = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ words, /** @type {boolean} */ checked) =>
    h("label", {}, h("input", { type: "radio", name, value, checked }), words);
  $("export-scopes").replaceChildren(
    ...(selected.length ? [radio("scope", "selected", t("scopeSelected", whole(selected.length)), true)] : []),
    radio("scope", "above", taken < above ? t("scopeLimited", whole(taken), whole(above)) : t(all, whole(above)), !selected.length));
  const format = local.get("format") || "geojson";
  $("export-formats").replaceChildren(...FORMATS.map(name => radio("format", name, t(name), name === format)));
  say("export-error");
  $("export-status").textContent = "";
  $("export-go").onclick = async () => {
    const chosen = new FormData($("export-form"));
    const name = String(chosen.get("format"));
    local.set("format", name);
    const body = chosen.get("scope") === "selected" ? { ...search, tiles: selected, field: false } : { ...search, k: Math.max(1, taken), field: false };
    running = new AbortController();
    busy(true);
    say("export-error");
    try {
      const file = await write(name, body, running.signal), link = h("a", { href: URL.createObjectURL(file.blob), download: file.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      $("export-status").textContent = t("saved", file.name);
    } catch (error) {
      $("export-status").textContent = "";
      if (!isCanceled(error)) say("export-error", errorWords(error));
    }
    busy(false);
  };
  $("export-dialog").showModal();
}

/** @param {boolean} on */
function busy(on) {
  $("export-go").disabled = on;
  $("export-cancel").hidden = !on;
  if (on) $("export-status").textContent = t("preparing");
}

export function openTake() {
  $("export-cancel").addEventListener("click", () => running?.abort());
  $("export-close").addEventListener("click", () => $("export-dialog").close());
  $("export-dialog").addEventListener("close", () => running?.abort());
}
