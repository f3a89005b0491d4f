// The row below the query: models, and the filters of a search, each in a menu of its own.
import { areaText, parseArea, startDrawing } from "./area.js";
import { fillAnalysis } from "./analysis.js";
import { attributesOf, conditionsText, fillAttributes, readAttributes } from "./attributes.js";
import { $, h, say } from "./dom.js";
import { panes, preview } from "./maps.js";
import { state } from "./state.js";
import { t } from "./words.js";

/** @typedef {{changed: () => void, explorers: () => import("./api.js").Explorer[], shown: () => import("./api.js").Explorer[], models: () => void}} Owner */

/** @type {Owner} */
let owner;
/** @type {{finish: () => void, cancel: () => void} | null} */
let drawing = null;

/** Whether any filter is set. */
const isFiltered = () => !!(state.from || state.to || state.clouds !== null || state.area || state.apart || state.fuse || Object.keys(state.attributes).length);

/** Brings the row to the state. */
export function showFilters() {
  const pill = (/** @type {string} */ id, /** @type {boolean} */ set, /** @type {string} */ words) => {
    const button = $(id + "-pill");
    button.textContent = words;
    button.classList.toggle("set", set);
  };
  const shown = owner.shown();
  pill("models", false, shown.length > 1 ? t("modelsOf", shown.length) : shown[0]?.title || t("noModel"));
  pill("dates", !!(state.from || state.to), state.from || state.to ? `${state.from || "…"} – ${state.to || "…"}` : t("dates"));
  const area = state.area;
  pill("area", !!area, !area ? t("area") : area.kind === "box" ? t("boxPill") : area.kind === "circle"
    ? t("circlePill", Math.round(area.meters / 1000)) : t("polygonPill"));
  pill("clouds", state.clouds !== null, state.clouds === null ? t("clouds") : t("cloudsPill", state.clouds));
  const conditions = Object.keys(state.attributes).length > 0;
  pill("attributes", conditions, conditionsText());
  $("attributes-pill").hidden = !conditions && !attributesOf(shown).length;
  const spread = [...(state.apart ? [t("apartPill", state.apart)] : []), ...(state.fuse ? [t("fusePill")] : [])];
  $("analyze-pill").classList.toggle("set", state.analysis !== null);
  pill("apart", spread.length > 0, spread.join(", ") || t("apart"));
  $("clear-filters").hidden = !isFiltered();
}

/** Clears all filters and searches. */
export function clearFilters() {
  Object.assign(state, { from: "", to: "", clouds: null, attributes: {}, area: null, apart: 0, fuse: false });
  change();
}

function change() {
  showFilters();
  owner.changed();
}

function fillModels() {
  const shown = owner.shown();
  $("model-list").replaceChildren(...owner.explorers().map(explorer => {
    const failed = explorer.status === "failed";
    const box = h("input", { type: "checkbox", disabled: failed, checked: shown.includes(explorer) });
    box.addEventListener("change", () => {
      const names = owner.shown().map(other => other.name).filter(name => name !== explorer.name);
      if (box.checked) names.push(explorer.name);
      if (!names.length) {
        box.checked = true;
        return;
      }
      state.models = owner.explorers().map(other => other.name).filter(name => names.includes(name));
      owner.models();
    });
    return h("label", { class: "model" }, box, h("span", { dir: "auto" }, explorer.title,
      h("small", { dir: "auto" }, failed ? t("failedModel", explorer.message || "") : explorer.model || "")));
  }));
}

/** Has a person draw on the maps. @param {"box" | "circle" | "polygon" | "place"} kind @param {(area: import("./state.js").Area | null) => void} done */
export function drawOnMap(kind, done) {
  drawing?.cancel();
  $("drawing-hint").textContent = t({ box: "hintBox", circle: "hintCircle", polygon: "hintPolygon", place: "hintPlace" }[kind]);
  $("drawing").hidden = false;
  $("drawing-done").hidden = kind !== "polygon";
  drawing = startDrawing(panes.map(pane => pane.map), kind, preview, area => {
    drawing = null;
    $("drawing").hidden = true;
    done(area);
  });
}

/** Whether a person is drawing. */
export const isDrawing = () => drawing !== null;

/** @param {Owner} with_ */
export function openFilters(with_) {
  owner = with_;
  const close = (/** @type {string} */ id) => $(id + "-menu").hidePopover();
  // A menu opens below its button.
  for (const id of ["place", "models", "dates", "area", "clouds", "attributes", "apart", "analyze"]) {
    const menu = $(id + "-menu");
    menu.addEventListener("beforetoggle", (/** @type {any} */ event) => {
      if (event.newState !== "open") return;
      const button = document.querySelector(`[popovertarget="${id}-menu"]`), place = button?.getBoundingClientRect();
      if (place) {
        menu.style.top = place.bottom + 8 + "px";
        menu.style.left = Math.max(8, Math.min(innerWidth - Math.min(338, innerWidth - 8), place.left)) + "px";
      }
      fill(id);
    });
  }
  const fill = (/** @type {string} */ id) => {
    const ready = owner.shown();
    if (id === "models") fillModels();
    if (id === "dates") {
      $("from").value = state.from;
      $("to").value = state.to;
      const dated = ready.filter(one => one.from && one.to);
      const least = dated.map(one => one.from || "").sort()[0], last = dated.map(one => one.to || "").sort().pop();
      $("dates-known").textContent = least && last ? t("datesKnown", least.slice(0, 10), last.slice(0, 10)) : t("datesUnknown");
      say("dates-error");
    }
    if (id === "area") {
      $("area-text").value = areaText(state.area);
      say("area-error");
    }
    if (id === "clouds") {
      $("clouds").value = state.clouds === null ? "" : String(state.clouds);
      $("clouds-known").textContent = ready.some(one => one.clouds) ? "" : t("cloudsUnknown");
    }
    if (id === "analyze") fillAnalysis();
    if (id === "attributes") fillAttributes(ready);
    if (id === "apart") {
      $("apart").value = state.apart || "";
      $("fuse").checked = state.fuse;
    }
    if (id === "place") say("place-error");
  };

  $("dates-apply").addEventListener("click", () => {
    const from = $("from").value, to = $("to").value;
    if (from && to && from > to) return say("dates-error", t("datesOrder"));
    state.from = from;
    state.to = to;
    close("dates");
    change();
  });
  $("dates-clear").addEventListener("click", () => {
    state.from = state.to = "";
    close("dates");
    change();
  });
  $("clouds-apply").addEventListener("click", () => {
    state.clouds = $("clouds").value === "" ? null : Math.max(0, Math.min(100, Number($("clouds").value)));
    close("clouds");
    change();
  });
  $("clouds-clear").addEventListener("click", () => {
    state.clouds = null;
    close("clouds");
    change();
  });
  $("attributes-apply").addEventListener("click", () => {
    if (!readAttributes()) return;
    close("attributes");
    change();
  });
  $("attributes-clear").addEventListener("click", () => {
    state.attributes = {};
    close("attributes");
    change();
  });
  $("apart-apply").addEventListener("click", () => {
    state.apart = Math.max(0, Number($("apart").value) || 0);
    state.fuse = $("fuse").checked;
    close("apart");
    change();
  });
  $("apart-clear").addEventListener("click", () => {
    state.apart = 0;
    state.fuse = false;
    close("apart");
    change();
  });
  $("area-apply").addEventListener("click", () => {
    const text = $("area-text").value, area = parseArea(text);
    if (text.trim() && !area) return say("area-error", t("areaBad", text.trim().slice(0, 200)));
    state.area = area;
    close("area");
    change();
  });
  $("area-clear").addEventListener("click", () => {
    state.area = null;
    close("area");
    change();
  });
  $("area-view").addEventListener("click", () => {
    const bounds = panes[0]?.map.leaflet.getBounds();
    if (!bounds) return;
    const wide = bounds.getEast() - bounds.getWest() >= 360;
    state.area = parseArea(["box", ...[
      wide ? -180 : wrap(bounds.getWest()), Math.max(-90, bounds.getSouth()), wide ? 180 : wrap(bounds.getEast()), Math.min(90, bounds.getNorth())
    ].map(value => value.toFixed(4))].join(" "));
    close("area");
    change();
  });
  for (const [id, kind] of /** @type {[string, "box" | "circle" | "polygon"][]} */ ([["draw-box", "box"], ["draw-circle", "circle"], ["draw-polygon", "polygon"]]))
    $(id).addEventListener("click", () => {
      close("area");
      drawOnMap(kind, area => {
        if (!area) return;
        state.area = area;
        change();
      });
    });
  $("drawing-done").addEventListener("click", () => drawing?.finish());
  $("drawing-cancel").addEventListener("click", () => drawing?.cancel());
  $("clear-filters").addEventListener("click", clearFilters);
}

/** @param {number} lon */
const wrap = lon => lon - 360 * Math.floor((lon + 180) / 360);
