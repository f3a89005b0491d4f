// A map of the Earth with the scores of tiles, which the static map page and the explorer share. Leaflet, which is the
// global L, moves it; this draws the land and the dots.
import { GlDots, PixelDots } from "./dots.js";

/** The color map "viridis" at ten equal steps, from low to high, as in Viridis.java. */
export const VIRIDIS = [
  0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725
];

/**
 * An outline or a border with its bounds, in degrees.
 * @typedef {{x: Float32Array, y: Float32Array, w: number, e: number, s: number, n: number}} Ring
 *
 * Base tiles: an address with {z}, {x} and {y}, and whom to credit.
 * @typedef {{template: string, attribution: string}} Tiles
 *
 * The shown tiles, best first, so that the index gives the rank.
 * @typedef {{lons: Float32Array, lats: Float32Array, scores: Float32Array}} Columns
 *
 * A hit with a number on the map: its index among the shown tiles (-1 if it is not shown), its rank and its place.
 * @typedef {{at: number, rank: number, lat: number, lon: number}} Mark
 *
 * @typedef {{
 *   element: HTMLElement, canvas: HTMLCanvasElement, tiles?: Tiles | null, land?: Uint8Array, borders?: Uint8Array,
 *   edge?: number, start: [number, number, number, number] | null, below?: boolean, onHover?: (at: number) => void,
 *   onClick?: (at: number, lat: number, lon: number, event: MouseEvent) => void, onMove?: () => void,
 *   onDraw?: (context: CanvasRenderingContext2D) => void
 * }} Options
 */

/**
 * Decodes lines of LEB128 differences in hundredths of a degree, as land.bin and borders.bin hold them.
 * @param {Uint8Array} bytes
 * @returns {Ring[]}
 */
export function decodeLines(bytes) {
  let at = 0;
  const next = () => {
    let value = 0, shift = 0, byte;
    do {
      byte = bytes[at++];
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value;
  };
  const step = () => {
    const value = next();
    return value >>> 1 ^ -(value & 1);
  };
  const out = [];
  for (let r = next(); r > 0; r--) {
    const size = next();
    const ring = { x: new Float32Array(size), y: new Float32Array(size), w: 180, e: -180, s: 90, n: -90 };
    let x = 0, y = 0;
    for (let i = 0; i < size; i++) {
      x += step();
      y += step();
      const lon = ring.x[i] = x / 100, lat = ring.y[i] = y / 100;
      ring.w = Math.min(ring.w, lon);
      ring.e = Math.max(ring.e, lon);
      ring.s = Math.min(ring.s, lat);
      ring.n = Math.max(ring.n, lat);
    }
    out.push(ring);
  }
  return out;
}

/** Web Mercator's height of a latitude, in degrees of longitude at the equator. @param {number} lat */
const mercator = lat => Math.log(Math.tan(Math.PI / 4 + Math.max(-85, Math.min(85, lat)) * Math.PI / 360)) * 180 / Math.PI;

export class EarthMap {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.element = options.element;
    this.canvas = options.canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.tiles = options.tiles || null;
    // Heights on the map: plate carrée, or Web Mercator over base tiles.
    /** @type {(lat: number) => number} */
    this.flat = this.tiles ? mercator : lat => lat;
    this.unit = this.tiles ? 256 / 360 : 256 / 180;
    // A map with an edge ends there; one without goes around the Earth, and its edge is opposite its middle.
    this.around = options.edge === undefined;
    this.edge = options.edge ?? -180;
    this.start = options.start;
    this.rings = this.tiles || !options.land ? [] : decodeLines(options.land);
    this.borders = this.tiles || !options.borders ? [] : decodeLines(options.borders);
    /** @type {import("./dots.js").View} */
    this.view = { lon: 0, lat: 0, scale: 1, width: 1, height: 1, ratio: 1, edge: this.edge, diameter: 1, visible: 0 };
    /** @type {Columns} */
    this.columns = { lons: new Float32Array(), lats: new Float32Array(), scores: new Float32Array() };
    /** @type {Float32Array} */
    this.ups = new Float32Array();
    this.n = 0;
    this.visible = 0;
    this.hovered = -1;
    /** @type {Mark[]} */
    this.marks = [];
    this.palette = { words: new Uint32Array(256), below: 0 };
    /** @type {string[]} */
    this.colors = [];
    /** @type {number[] | null} colors of groups, in place of the palette */
    this.groups = null;
    /** @type {Record<string, string>} */
    this.style = {};
    this.backdrop = { canvas: document.createElement("canvas"), lon: 0, lat: 0, scale: 0, stale: true };
    this.queued = false;
    this.dragging = false;
    // A map that moves beneath a resting pointer gets mouse events too: they keep the tile that keys or a list chose.
    this.steered = false;
    this.finger = matchMedia("(pointer: coarse)");
    this.dots = GlDots.create() ?? new PixelDots();
    this.built = false;
    /** @type {any} Leaflet's types do not have all that is used */
    this.leaflet = null;
    this.open();
    this.theme();
    this.resize();
    this.built = true;
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  open() {
    const south = this.tiles ? -85 : -90;
    /** @type {any} */
    this.world = L.latLngBounds([[south, this.around ? -1e7 : this.edge], [-south, this.around ? 1e7 : this.edge + 360]]);
    this.leaflet = L.map(this.element, {
      crs: this.tiles ? L.CRS.EPSG3857 : L.CRS.EPSG4326, zoomControl: false, attributionControl: !!this.tiles, zoomSnap: 0,
      zoomDelta: 0.7, wheelPxPerZoomLevel: 110, zoomAnimation: false, fadeAnimation: false, maxBounds: this.world,
      maxBoundsViscosity: 1, keyboardPanDelta: 60, maxZoom: 13
    });
    if (this.tiles) {
      this.leaflet.attributionControl.setPrefix(false);
      const node = document.createElement("span");
      node.textContent = this.tiles.attribution;
      // Leaflet wraps a tile's degrees before it checks bounds: tiles beyond 180 would lie outside.
      const bounds = !this.around && this.edge === -180 && { noWrap: true, bounds: this.world };
      L.tileLayer(this.tiles.template, { attribution: node.innerHTML, ...bounds }).addTo(this.leaflet);
    }
    this.leaflet.on("move zoom viewreset resize", () => {
      this.look();
      this.redraw();
      if (this.built) this.options.onMove?.();
    });
    this.leaflet.on("dragstart", () => {
      this.dragging = true;
      this.hover(-1);
    });
    this.leaflet.on("dragend", () => this.dragging = false);
    this.leaflet.on("mousemove", (/** @type {any} */ { originalEvent: event, containerPoint: point }) => {
      if (event.movementX || event.movementY) this.steered = false;
      if (!this.dragging && !this.steered) this.hover(this.pick(point.x, point.y));
    });
    this.leaflet.on("mouseout", () => {
      if (!this.steered) this.hover(-1);
    });
    this.leaflet.on("click", (/** @type {any} */ { originalEvent: event, containerPoint: point, latlng }) => {
      this.steered = false;
      const at = this.pick(point.x, point.y);
      this.hover(at);
      this.options.onClick?.(at, latlng.lat, latlng.wrap().lng, event);
    });
  }

  // --- what the map shows -----------------------------------------------------------------------------------------

  /**
   * Sets the tiles, best first, and the scores that have the ends of the palette.
   * @param {Columns} columns
   * @param {number} low
   * @param {number} high
   * @param {number[] | null} [groups] the colors of whole scores from 0 on as 0xRRGGBB, in place of the palette
   */
  setColumns(columns, low, high, groups = null) {
    const n = this.n = columns.scores.length, levels = new Uint8Array(n);
    this.columns = columns;
    this.ups = this.tiles ? columns.lats.map(this.flat) : columns.lats;
    // If there are fewer than two different scores, all tiles have the best color.
    const step = high > low ? 255 / (high - low) : 0;
    for (let i = 0; i < n; i++) levels[i] = groups ? columns.scores[i] % groups.length : step ? Math.max(0, Math.min(255, (columns.scores[i] - low) * step)) : 255;
    this.dots.set({ lons: columns.lons, ups: this.ups, levels });
    this.visible = n;
    this.hovered = -1;
    if (groups !== this.groups) {
      this.groups = groups;
      this.theme();
    }
    this.redraw();
  }

  /** Shows the best tiles only. @param {number} count */
  setVisible(count) {
    this.visible = count;
    if (this.hovered >= count) this.hover(-1);
    this.redraw();
  }

  /** Reads the colors from the style again. High scores stand out: bright on dark, dark on light. */
  theme() {
    const css = getComputedStyle(document.documentElement);
    for (const name of ["ocean", "land", "coast", "border", "grid", "ring", "halo", "below"])
      this.style[name] = css.getPropertyValue("--" + name).trim();
    const stops = document.documentElement.dataset.theme === "dark" ? VIRIDIS : VIRIDIS.slice().reverse();
    this.colors = [];
    for (let i = 0; i < 256; i++) {
      const at = i / 255 * (stops.length - 1), k = Math.min(stops.length - 2, at | 0), part = at - k;
      const group = this.groups?.[i];
      const c = (/** @type {number} */ shift) => group !== undefined ? group >> shift & 255 :
        Math.round((stops[k] >> shift & 255) * (1 - part) + (stops[k + 1] >> shift & 255) * part);
      this.colors.push(`rgb(${c(16)},${c(8)},${c(0)})`);
      this.palette.words[i] = 255 << 24 | c(0) << 16 | c(8) << 8 | c(16);
    }
    const below = parseInt(this.style.below?.slice(1) ?? "", 16);
    this.palette.below = !this.options.below || isNaN(below) ? 0
      : (255 << 24 | (below & 255) << 16 | (below >> 8 & 255) << 8 | below >> 16) >>> 0;
    this.backdrop.stale = true;
    this.redraw();
  }

  // --- the view ---------------------------------------------------------------------------------------------------

  /** Takes the view from Leaflet, at once: cards and the pointer need the positions of tiles before the next frame. */
  look() {
    const center = this.leaflet.getCenter(), view = this.view;
    view.lon = center.lng;
    view.lat = this.flat(center.lat);
    view.scale = this.unit * 2 ** this.leaflet.getZoom();
    if (this.around) this.edge = view.lon - 180;
    view.edge = this.edge;
  }

  redraw() {
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      if (this.leaflet._loaded) this.draw();
    });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.element, view = this.view;
    if (!width || !height) return; // hidden: it has no size yet
    view.ratio = window.devicePixelRatio || 1;
    view.width = width;
    view.height = height;
    for (const c of [this.canvas, this.dots.canvas]) {
      c.width = Math.max(1, Math.round(width * view.ratio));
      c.height = Math.max(1, Math.round(height * view.ratio));
    }
    this.backdrop.stale = true;
    const opened = this.leaflet._loaded, whole = opened && this.leaflet.getZoom() <= this.leaflet.getMinZoom() + 1e-6;
    const center = opened && this.leaflet.getCenter();
    this.leaflet.invalidateSize({ pan: false });
    // A map that goes around the Earth never shows a place twice.
    const tall = height / (this.flat(this.world.getNorth()) - this.flat(this.world.getSouth()));
    const least = Math.log2((this.around ? width / 360 : Math.min(width / 360, tall)) / this.unit);
    this.leaflet.setMinZoom(least);
    if (!opened) this.home();
    else if (whole) this.all();
    else this.leaflet.setView(center, this.leaflet.getZoom(), { animate: false });
    this.redraw();
  }

  /** Shows the whole Earth. */
  all() {
    this.leaflet.setView([0, this.edge + 180], this.leaflet.getMinZoom(), { animate: false });
    this.redraw();
  }

  /** Shows the region that the map opened at. */
  home() {
    if (!this.start) this.all();
    else this.leaflet.fitBounds([[this.start[1], this.start[0]], [this.start[3], this.start[2]]], { animate: false });
    this.hover(-1);
    this.redraw();
  }

  /** Moves to a shown tile and hovers over it. @param {number} at */
  goTo(at) {
    this.steered = true;
    const { lats } = this.columns, zoom = Math.max(this.leaflet.getZoom(), Math.log2(24 / this.unit));
    this.leaflet.setView([lats[at], this.along(this.columns.lons[at])], zoom, { animate: false });
    this.hover(-1);
    this.hover(at);
  }

  /** The longitude on the map, from its edge on. @param {number} lon */
  along(lon) {
    const turned = lon + 360 * Math.floor((this.edge + 180) / 360);
    return turned < this.edge ? turned + 360 : turned;
  }

  /** Pixels from the left. @param {number} lon a longitude on the map */
  sx(lon) {
    return (lon - this.view.lon) * this.view.scale + this.view.width / 2;
  }

  /** Pixels from the top. @param {number} up */
  sy(up) {
    return (this.view.lat - up) * this.view.scale + this.view.height / 2;
  }

  /** Returns the pixels of a place. @param {number} lat @param {number} lon @returns {[number, number]} */
  spot(lat, lon) {
    return [this.sx(this.along(lon)), this.sy(this.flat(lat))];
  }

  // --- drawing ----------------------------------------------------------------------------------------------------

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Ring} ring
   * @param {number} turn
   */
  trace(ctx, ring, turn) {
    let px = NaN, py = NaN;
    for (let i = 0; i < ring.x.length; i++) {
      const x = this.sx(ring.x[i] + turn), y = this.sy(ring.y[i]);
      if (i === 0) ctx.moveTo(x, y);
      else if (Math.abs(x - px) + Math.abs(y - py) > 1) ctx.lineTo(x, y);
      else continue;
      px = x;
      py = y;
    }
  }

  /** Draws land and graticule around the view, once for many moves. @param {number} mx @param {number} my margins */
  paintBackdrop(mx, my) {
    const { view, edge, style, backdrop } = this, { scale, width, height, ratio } = view;
    const canvas = backdrop.canvas, ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    canvas.width = Math.round((width + 2 * mx) * ratio);
    canvas.height = Math.round((height + 2 * my) * ratio);
    ctx.setTransform(ratio, 0, 0, ratio, mx * ratio, my * ratio);
    const w = view.lon - (width / 2 + mx) / scale, e = view.lon + (width / 2 + mx) / scale;
    const s = view.lat - (height / 2 + my) / scale, n = view.lat + (height / 2 + my) / scale;
    ctx.fillStyle = style.ocean;
    ctx.fillRect(-mx, -my, width + 2 * mx, height + 2 * my);
    const from = this.around ? w : Math.max(edge, w), to = this.around ? e : Math.min(edge + 360, e);
    ctx.save();
    ctx.beginPath();
    ctx.rect(this.sx(from), -my, (to - from) * scale, height + 2 * my);
    ctx.clip();
    // Land is drawn again for each turn around the Earth that the view touches.
    /** @type {number[]} */
    const turns = [];
    for (let turn = 360 * Math.floor((from + 180) / 360); turn - 180 < to; turn += 360) turns.push(turn);
    const each = (/** @type {Ring[]} */ rings, /** @type {boolean} */ closed) => {
      ctx.beginPath();
      for (const turn of turns)
        for (const ring of rings) {
          if (ring.e + turn < w || ring.w + turn > e || ring.n < s || ring.s > n) continue;
          if (Math.max(ring.e - ring.w, ring.n - ring.s) * scale < 0.7) continue;
          this.trace(ctx, ring, turn);
          if (closed) ctx.closePath();
        }
    };
    each(this.rings, true);
    ctx.fillStyle = style.land;
    ctx.fill("evenodd");
    ctx.strokeStyle = style.coast;
    ctx.lineWidth = 0.8;
    ctx.stroke();
    each(this.borders, false);
    ctx.strokeStyle = style.border;
    ctx.stroke();
    ctx.restore();
    const step = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1].find(d => d * scale < 260) || 0.1;
    ctx.strokeStyle = style.grid;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let l = Math.ceil(from / step) * step; l <= to; l += step) {
      ctx.moveTo(this.sx(l), this.sy(90));
      ctx.lineTo(this.sx(l), this.sy(-90));
    }
    for (let l = Math.max(-90, Math.ceil(s / step) * step); l <= Math.min(90, n); l += step) {
      ctx.moveTo(this.sx(from), this.sy(l));
      ctx.lineTo(this.sx(to), this.sy(l));
    }
    ctx.stroke();
    Object.assign(backdrop, { lon: view.lon, lat: view.lat, scale, mx, my, stale: false });
  }

  drawBackdrop() {
    const { view, backdrop } = this, mx = view.width >> 2, my = view.height >> 2;
    const dx = (backdrop.lon - view.lon) * view.scale, dy = (view.lat - backdrop.lat) * view.scale;
    const kept = !backdrop.stale && backdrop.scale === view.scale && Math.abs(dx) <= mx && Math.abs(dy) <= my;
    if (!kept) this.paintBackdrop(mx, my);
    const x = kept ? Math.round(dx * view.ratio) : 0, y = kept ? Math.round(dy * view.ratio) : 0;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.drawImage(backdrop.canvas, x - Math.round(mx * view.ratio), y - Math.round(my * view.ratio));
  }

  /** Diameter in CSS pixels: all dots together cover less than half of the land; dots grow with the zoom. */
  diameter() {
    const land = 0.3 * 360 * 180 * this.view.scale ** 2;
    return Math.max(1, Math.min(12, Math.sqrt(0.45 * land / Math.max(1, this.n))));
  }

  /** @param {number} x @param {number} y @param {number} r */
  circle(x, y, r) {
    const { context: ctx, style } = this;
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.strokeStyle = style.halo;
    ctx.lineWidth = 4.5;
    ctx.stroke();
    ctx.strokeStyle = style.ring;
    ctx.lineWidth = 1.8;
    ctx.stroke();
  }

  drawMarks() {
    const { context: ctx, style, view } = this, r = Math.max(5.5, this.diameter() / 2 + 3);
    /** @type {{x: number, y: number, w: number, h: number}[]} */
    const taken = [];
    /** @type {{x: number, y: number, w: number, h: number}[]} */
    const labels = [];
    ctx.font = "600 12.5px system-ui, 'DejaVu Sans', sans-serif";
    ctx.textBaseline = "middle";
    ctx.textAlign = "center";
    const hits = this.marks.filter(hit => hit.at >= 0 && hit.at < this.visible);
    for (const hit of hits) {
      const [x, y] = this.spot(hit.lat, hit.lon);
      this.circle(x, y, r);
      taken.push({ x, y, w: 2 * r, h: 2 * r });
    }
    hits.forEach((hit, i) => {
      const { x, y } = taken[i], w = ctx.measureText(String(hit.rank)).width + 8, h = 17;
      let box = null;
      search: for (let reach = 1; reach < 10; reach++)
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]]) {
          const b = { x: x + dx * ((r + 3) * reach + w / 2), y: y + dy * ((r + 3) * reach + h / 2), w, h };
          if (!box) box = b;
          const inside = b.x - w / 2 > 0 && b.x + w / 2 < view.width;
          if (inside && taken.every(t => Math.abs(t.x - b.x) > (t.w + w) / 2 || Math.abs(t.y - b.y) > (t.h + h) / 2)) {
            box = b;
            break search;
          }
        }
      if (!box) return;
      taken.push(box);
      labels.push(box);
      const away = Math.hypot(box.x - x, box.y - y);
      ctx.beginPath();
      ctx.moveTo(x + (box.x - x) * r / away, y + (box.y - y) * r / away);
      ctx.lineTo(box.x, box.y);
      ctx.strokeStyle = style.ring;
      ctx.lineWidth = 1.3;
      ctx.stroke();
    });
    labels.forEach((box, i) => {
      ctx.fillStyle = style.ring;
      ctx.beginPath();
      ctx.roundRect(box.x - box.w / 2, box.y - box.h / 2, box.w, box.h, 5);
      ctx.fill();
      ctx.fillStyle = style.ocean;
      ctx.fillText(String(hits[i].rank), box.x, box.y + 0.5);
    });
  }

  draw() {
    const { context: ctx, view } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.tiles) this.drawBackdrop();
    view.diameter = this.diameter();
    view.visible = this.visible;
    if (this.n) {
      this.dots.draw(view, this.palette);
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(this.dots.canvas, 0, 0);
    }
    ctx.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    this.options.onDraw?.(ctx);
    this.drawMarks();
    if (this.hovered >= 0) {
      const [x, y] = this.spot(this.columns.lats[this.hovered], this.columns.lons[this.hovered]);
      this.circle(x, y, Math.max(5, this.diameter() / 2 + 2));
    }
  }

  // --- the pointer ------------------------------------------------------------------------------------------------

  /**
   * Returns the nearest shown tile within reach, which is larger for touch; of equally near tiles the better one; or -1.
   * @param {number} x
   * @param {number} y
   */
  pick(x, y) {
    const { view, edge, ups } = this, { lons } = this.columns, turn = 360 * Math.floor((edge + 180) / 360);
    const lon = view.lon + (x - view.width / 2) / view.scale, lat = view.lat - (y - view.height / 2) / view.scale;
    let best = -1, reach = (Math.max(this.finger.matches ? 20 : 8, this.diameter() / 2 + 3) / view.scale) ** 2;
    for (let i = 0; i < this.visible; i++) {
      let a = lons[i] + turn;
      if (a < edge) a += 360;
      a -= lon;
      const b = ups[i] - lat, d = a * a + b * b;
      if (d < reach) {
        reach = d;
        best = i;
      }
    }
    return best;
  }

  /** Rings a tile; -1 rings none. @param {number} at */
  hover(at) {
    if (at === this.hovered) return;
    this.hovered = at;
    this.redraw();
    this.options.onHover?.(at);
  }

  /** Puts a card beside the hovered tile. @param {HTMLElement} card */
  placeCard(card) {
    if (this.hovered < 0) return;
    const { width, height } = this.view, w = card.offsetWidth, h = card.offsetHeight;
    const [x, y] = this.spot(this.columns.lats[this.hovered], this.columns.lons[this.hovered]);
    let left = x + 16 + w < width ? x + 16 : x - 16 - w, top = y - h / 2;
    // A narrow map has room only above or below the tile.
    if (left < 8) {
      left = x - w / 2;
      top = y > h + 24 ? y - 16 - h : y + 16;
    }
    card.style.left = Math.max(8, Math.min(width - w - 8, left)) + "px";
    card.style.top = Math.max(8, Math.min(height - h - 8, top)) + "px";
  }
}
