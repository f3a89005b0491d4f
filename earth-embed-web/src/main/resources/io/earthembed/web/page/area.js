// Areas on the Earth: as text, as lines on a map, and drawn by hand.
/**
 * @typedef {import("./state.js").Area} Area
 * @typedef {import("./map/earth-map.js").EarthMap} EarthMap
 */

const RADIUS = 6371008.8, RADIANS = Math.PI / 180;

/** Great-circle distance in meters. @param {number} lat1 @param {number} lon1 @param {number} lat2 @param {number} lon2 */
export function distance(lat1, lon1, lat2, lon2) {
  const a = Math.sin((lat2 - lat1) * RADIANS / 2) ** 2
    + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * Math.sin((lon2 - lon1) * RADIANS / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Brings a longitude between -180 and 180. @param {number} lon */
export const normal = lon => lon >= -180 && lon <= 180 ? lon : lon - 360 * Math.floor((lon + 180) / 360);

/** Writes an area as the text that `parseArea` reads. @param {Area | null} area */
export function areaText(area) {
  const n = (/** @type {number} */ v) => String(Number(v.toFixed(4)));
  if (area?.kind === "box") return ["box", n(area.west), n(area.south), n(area.east), n(area.north)].join(" ");
  if (area?.kind === "circle") return ["circle", n(area.lat), n(area.lon), n(area.meters / 1000)].join(" ");
  if (area?.kind === "polygon") return "polygon " + area.points.map(([lon, lat]) => n(lon) + " " + n(lat)).join(", ");
  return area ? JSON.stringify(area.value) : "";
}

/** Reads an area from its text; null if it is none. @param {string} text @returns {Area | null} */
export function parseArea(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    try {
      const value = JSON.parse(trimmed);
      return typeof value.type === "string" ? { kind: "geojson", value } : null;
    } catch {
      return null;
    }
  }
  const [, kind, rest] = /^(box|circle|polygon)\s+(.*)$/is.exec(trimmed) || [];
  if (!kind) return null;
  const values = rest.split(/[\s,;]+/).filter(Boolean).map(Number);
  if (!values.every(Number.isFinite)) return null;
  const latitude = (/** @type {number} */ v) => Math.abs(v) <= 90, longitude = (/** @type {number} */ v) => Math.abs(v) <= 180;
  if (kind === "box") {
    const [west, south, east, north] = values;
    return values.length === 4 && longitude(west) && longitude(east) && latitude(south) && latitude(north) && south <= north
      ? { kind: "box", west, south, east, north } : null;
  }
  if (kind === "circle") {
    const [lat, lon, km] = values;
    return values.length === 3 && latitude(lat) && longitude(lon) && km > 0 ? { kind: "circle", lat, lon, meters: km * 1000 } : null;
  }
  /** @type {[number, number][]} */
  const points = [];
  for (let i = 0; i + 1 < values.length; i += 2) points.push([values[i], values[i + 1]]);
  return values.length % 2 === 0 && points.length > 2 && points.every(([lon, lat]) => longitude(lon) && latitude(lat))
    ? { kind: "polygon", points } : null;
}

/**
 * Returns the outlines of an area as places; longitudes go on beyond 180 and do not jump.
 * @param {Area} area
 * @returns {[number, number][][]}
 */
function outlines(area) {
  if (area.kind === "box") {
    const { west, south, north } = area, east = area.east < west ? area.east + 360 : area.east;
    return [[[west, south], [east, south], [east, north], [west, north]]];
  }
  if (area.kind === "circle") {
    const d = area.meters / RADIUS, lat = area.lat * RADIANS;
    /** @type {[number, number][]} */
    const ring = [];
    for (let i = 0; i < 96; i++) {
      const bearing = i / 96 * 2 * Math.PI;
      const lat2 = Math.asin(Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(bearing));
      const lon2 = Math.atan2(Math.sin(bearing) * Math.sin(d) * Math.cos(lat), Math.cos(d) - Math.sin(lat) * Math.sin(lat2));
      ring.push([area.lon + lon2 / RADIANS, lat2 / RADIANS]);
    }
    return [straight(ring)];
  }
  if (area.kind === "polygon") return [straight(area.points)];
  /** @type {[number, number][][]} */
  const rings = [];
  const walk = (/** @type {any} */ value) => {
    if (Array.isArray(value) && Array.isArray(value[0]) && typeof value[0][0] === "number") rings.push(straight(value.map(([lon, lat]) => [lon, lat])));
    else if (value && typeof value === "object") for (const child of Object.values(value)) walk(child);
  };
  walk(area.value);
  return rings;
}

/** Removes jumps of 360 degrees. @param {[number, number][]} ring @returns {[number, number][]} */
function straight(ring) {
  let last = ring[0]?.[0] ?? 0;
  return ring.map(([lon, lat]) => {
    const near = lon - 360 * Math.round((lon - last) / 360);
    last = near;
    return [near, lat];
  });
}

/**
 * Adds corners along edges of more than 90 degrees: of 180 and more, nobody could tell which way around the Earth they lead.
 * @param {[number, number][]} corners longitudes do not jump
 * @returns {[number, number][]}
 */
export function shortEdges(corners) {
  return corners.flatMap(([lon, lat], i) => {
    const [nextLon, nextLat] = corners[(i + 1) % corners.length], steps = Math.max(1, Math.ceil(Math.abs(nextLon - lon) / 90));
    return Array.from({ length: steps }, (_, k) => /** @type {[number, number]} */ ([lon + (nextLon - lon) * k / steps, lat + (nextLat - lat) * k / steps]));
  });
}

/**
 * Draws an area's outlines, in each turn around the Earth that the map may show.
 * @param {CanvasRenderingContext2D} ctx
 * @param {EarthMap} map
 * @param {Area} area
 */
export function drawArea(ctx, map, area) {
  ctx.beginPath();
  for (const ring of outlines(area)) {
    const base = 360 * Math.round((map.view.lon - ring[0][0]) / 360);
    for (const turn of [base - 360, base, base + 360]) {
      ring.forEach(([lon, lat], i) => {
        const x = map.sx(lon + turn), y = map.sy(map.flat(lat));
        if (i) ctx.lineTo(x, y);
        else ctx.moveTo(x, y);
      });
      ctx.closePath();
    }
  }
  ctx.strokeStyle = map.style.halo;
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--shape");
  ctx.lineWidth = 2;
  ctx.stroke();
}

/**
 * Has a person draw a shape, or click a place, on any of the maps. Escape and `cancel` end it without one.
 * @param {EarthMap[]} maps
 * @param {"box" | "circle" | "polygon" | "place"} kind
 * @param {(area: Area | null) => void} preview
 * @param {(area: Area | null) => void} done gets a circle of no size for a place
 */
export function startDrawing(maps, kind, preview, done) {
  const stop = new AbortController(), options = { signal: stop.signal, capture: true };
  /** @type {[number, number][]} */
  const points = [];
  /** @type {[number, number] | null} */
  let first = null;
  /** @type {PointerEvent | null} */
  let pressed = null;
  /** @type {PointerEvent | null} */
  let corner = null;
  const near = (/** @type {MouseEvent} */ a, /** @type {MouseEvent} */ b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) <= 8;
  for (const map of maps) map.leaflet.dragging.disable(), map.leaflet.doubleClickZoom.disable();
  const finish = (/** @type {Area | null} */ area) => {
    if (stop.signal.aborted) return;
    stop.abort();
    // The click that ends a drag is none on the map.
    const swallow = (/** @type {Event} */ event) => event.stopPropagation();
    addEventListener("click", swallow, { capture: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
    for (const map of maps) map.leaflet.dragging.enable(), map.leaflet.doubleClickZoom.enable();
    preview(null);
    done(area);
  };
  const shape = (/** @type {[number, number]} */ a, /** @type {[number, number]} */ b) => {
    if (kind === "circle") {
      const meters = distance(a[1], a[0], b[1], b[0]);
      return meters > 0 ? /** @type {Area} */ ({ kind, lat: a[1], lon: normal(a[0]), meters }) : null;
    }
    const west = Math.min(a[0], b[0]), east = Math.max(a[0], b[0]), south = Math.min(a[1], b[1]), north = Math.max(a[1], b[1]);
    if (west === east || south === north) return null;
    return /** @type {Area} */ ({ kind: "box", west: east - west >= 360 ? -180 : normal(west), south, east: east - west >= 360 ? 180 : normal(east), north });
  };
  const polygon = (/** @type {[number, number][]} */ corners) => corners.length > 2
    ? /** @type {Area} */ ({ kind: "polygon", points: shortEdges(corners).map(([lon, lat]) => [normal(lon), lat]) }) : null;
  // Two corners are no polygon yet: drawing goes on.
  const close = () => {
    if (points.length > 2) finish(polygon(points));
  };
  for (const map of maps) {
    const at = (/** @type {MouseEvent} */ event) => {
      const place = map.leaflet.mouseEventToLatLng(event);
      return /** @type {[number, number]} */ ([place.lng, Math.max(-90, Math.min(90, place.lat))]);
    };
    const element = map.element;
    element.addEventListener("pointerdown", event => {
      if (event.button) return;
      event.stopPropagation();
      if (event.isPrimary) pressed = event;
      if (kind === "box" || kind === "circle") {
        first = at(event);
        try {
          element.setPointerCapture(event.pointerId);
        } catch {
          // A pointer that has left already: its events still arrive.
        }
      }
    }, options);
    element.addEventListener("pointermove", event => {
      if (first) preview(shape(first, at(event)));
      else if (kind === "polygon" && points.length) preview(polygon([...points, at(event)]) || { kind: "polygon", points: [...points, at(event)] });
    }, options);
    element.addEventListener("pointerup", event => {
      // Browsers send no click after a long press, so corners are taken from the pointer.
      // The second press of a double click is near the first and adds none.
      if (kind === "polygon" && event.isPrimary && pressed && near(pressed, event) && !(corner && near(corner, event))) {
        corner = event;
        points.push(at(event));
      }
      if (event.isPrimary) pressed = null;
      if (!first) return;
      const area = shape(first, at(event));
      first = null;
      if (area) finish(area);
    }, options);
    element.addEventListener("click", event => {
      event.stopPropagation();
      const [lon, lat] = at(event);
      if (kind === "place") finish({ kind: "circle", lat, lon: normal(lon), meters: 0 });
    }, options);
    element.addEventListener("dblclick", event => {
      event.stopPropagation();
      if (kind === "polygon") close();
    }, options);
  }
  addEventListener("keydown", event => {
    if (event.key === "Escape") finish(null);
    if (event.key === "Enter" && kind === "polygon") {
      event.preventDefault();
      close();
    }
  }, options);
  return { finish: () => kind === "polygon" ? close() : finish(null), cancel: () => finish(null) };
}
