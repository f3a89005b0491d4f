// Draws the dots of tiles: with WebGL if a graphics card does that, else pixel by pixel.

/**
 * Longitude, height and level of each dot, best first. Heights are in degrees of longitude at the equator, levels are
 * places in the palette.
 * @typedef {{lons: Float32Array, ups: Float32Array, levels: Uint8Array}} Points
 *
 * What the map shows: middle, CSS pixels per degree, size in CSS pixels, pixels per CSS pixel, western edge, diameter of a
 * dot in CSS pixels, number of dots that reach the threshold.
 * @typedef {{lon: number, lat: number, scale: number, width: number, height: number, ratio: number, edge: number,
 *   diameter: number, visible: number}} View
 *
 * The colors of levels as 0xAABBGGRR, and the color of dots below the threshold; 0 leaves them out.
 * @typedef {{words: Uint32Array, below: number}} Palette
 */

/**
 * Returns the part of each pixel that a dot covers, 0 to 255.
 * @param {number} size
 */
function disc(size) {
  const mask = new Uint8Array(size * size), r = size / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      mask[y * size + x] = size < 4 ? 255 : Math.max(0, Math.min(1, r + 0.5 - Math.hypot(x + 0.5 - r, y + 0.5 - r))) * 255;
  return mask;
}

/** The multiple of 360 that brings the longitudes from -180 to 180 next to a western edge. @param {number} edge */
const turnOf = edge => 360 * Math.floor((edge + 180) / 360);

/** Writes dots into an image, worst first, so that a worse dot never hides a better one. */
export class PixelDots {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {Points} */
    this.points = { lons: new Float32Array(), ups: new Float32Array(), levels: new Uint8Array() };
    /** @type {ImageData | null} */
    this.image = null;
    this.pixels = new Uint32Array();
  }

  /** @param {Points} points */
  set(points) {
    this.points = points;
  }

  /**
   * @param {View} view
   * @param {Palette} palette
   */
  draw(view, palette) {
    const W = this.canvas.width, H = this.canvas.height;
    if (this.image && this.image.width === W && this.image.height === H) this.pixels.fill(0);
    else {
      this.image = this.context.createImageData(W, H);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const { lons, ups, levels } = this.points, { edge, visible, ratio } = view, { words, below } = palette;
    const pixels = this.pixels, d = view.diameter, pad = d / view.scale, k = view.scale * ratio;
    const w = view.lon - view.width / 2 / view.scale - pad, e = view.lon + view.width / 2 / view.scale + pad;
    const s = view.lat - view.height / 2 / view.scale - pad, n = view.lat + view.height / 2 / view.scale + pad;
    const size = Math.max(1, Math.round(d * ratio)), mask = disc(size), turn = turnOf(edge);
    const ox = W / 2 - view.lon * k - size / 2, oy = H / 2 + view.lat * k - size / 2;
    for (let i = (below ? lons.length : visible) - 1; i >= 0; i--) {
      const up = ups[i];
      if (up < s || up > n) continue;
      let lon = lons[i] + turn;
      if (lon < edge) lon += 360;
      if (lon < w || lon > e) continue;
      const x0 = Math.round(ox + lon * k), y0 = Math.round(oy - up * k);
      const rgb = (i < visible ? words[levels[i]] : below) & 0xFFFFFF;
      if (size === 1) {
        if (x0 >= 0 && x0 < W && y0 >= 0 && y0 < H) pixels[y0 * W + x0] = 0xFF000000 | rgb;
        continue;
      }
      const top = Math.max(0, -y0), bottom = Math.min(size, H - y0), left = Math.max(0, -x0), right = Math.min(size, W - x0);
      for (let y = top; y < bottom; y++) {
        const row = (y0 + y) * W + x0;
        for (let x = left; x < right; x++) {
          const cover = mask[y * size + x];
          if (cover > 127 || cover > pixels[row + x] >>> 24) pixels[row + x] = cover << 24 | rgb;
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

const VERTEX = `
attribute vec2 place;
attribute float level;
uniform vec2 middle, half_size;
uniform float scale, turn, edge, size, ratio;
varying float shade;
void main() {
  float lon = place.x + turn;
  if (lon < edge) lon += 360.0;
  gl_Position = vec4((lon - middle.x) * scale / half_size.x, (place.y - middle.y) * scale / half_size.y, 0.0, 1.0);
  gl_PointSize = size;
  shade = (level + 0.5) / 256.0;
}`;
const FRAGMENT = `
precision mediump float;
uniform sampler2D palette;
uniform vec4 below;
uniform float size;
varying float shade;
void main() {
  float r = length(gl_PointCoord - 0.5) * size;
  float cover = size < 4.0 ? 1.0 : clamp(size / 2.0 + 0.5 - r, 0.0, 1.0);
  if (cover == 0.0) discard;
  vec4 color = below.a > 0.0 ? below : texture2D(palette, vec2(shade, 0.5));
  gl_FragColor = vec4(color.rgb * cover, cover);
}`;

/** Has a graphics card draw the dots. */
export class GlDots {
  /** Returns nothing if there is no WebGL, or if the processor would do a graphics card's work. */
  static create() {
    const canvas = document.createElement("canvas");
    const options = { alpha: true, antialias: false, depth: false, failIfMajorPerformanceCaveat: true };
    const gl = /** @type {WebGLRenderingContext | null} */ (canvas.getContext("webgl", options));
    if (!gl) return null;
    const info = gl.getExtension("WEBGL_debug_renderer_info");
    const renderer = String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "");
    if (/swiftshader|llvmpipe|software/i.test(renderer) && !GlDots.evenInSoftware) return null;
    return new GlDots(canvas, gl);
  }

  /** Whether to use WebGL that the processor computes too, for measurements. */
  static evenInSoftware = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGLRenderingContext} gl
   */
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.count = 0;
    const program = gl.createProgram();
    for (const [kind, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
      const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) || "shader");
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.program = program;
    this.places = gl.createBuffer();
    this.levels = gl.createBuffer();
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** @param {Points} points */
  set({ lons, ups, levels }) {
    const gl = this.gl, n = this.count = lons.length;
    const places = new Float32Array(2 * n), reversed = new Uint8Array(n);
    for (let i = 0; i < n; i++) { // worst first, in the order of drawing
      places[2 * i] = lons[n - 1 - i];
      places[2 * i + 1] = ups[n - 1 - i];
      reversed[i] = levels[n - 1 - i];
    }
    for (const [name, buffer, data, size, type] of /** @type {[string, WebGLBuffer, BufferSource, number, number][]} */ ([
      ["place", this.places, places, 2, gl.FLOAT], ["level", this.levels, reversed, 1, gl.UNSIGNED_BYTE]])) {
      const at = gl.getAttribLocation(this.program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, false, 0, 0);
    }
  }

  /**
   * @param {View} view
   * @param {Palette} palette
   */
  draw(view, palette) {
    const gl = this.gl, at = (/** @type {string} */ name) => gl.getUniformLocation(this.program, name);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.count) return;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(palette.words.buffer));
    gl.uniform2f(at("middle"), view.lon, view.lat);
    gl.uniform2f(at("half_size"), view.width / 2, view.height / 2);
    gl.uniform1f(at("scale"), view.scale);
    gl.uniform1f(at("turn"), turnOf(view.edge));
    gl.uniform1f(at("edge"), view.edge);
    gl.uniform1f(at("size"), Math.max(1, view.diameter * view.ratio));
    const hidden = this.count - view.visible, b = palette.below;
    if (b && hidden) {
      gl.uniform4f(at("below"), (b & 255) / 255, (b >> 8 & 255) / 255, (b >> 16 & 255) / 255, 1);
      gl.drawArrays(gl.POINTS, 0, hidden);
    }
    gl.uniform4f(at("below"), 0, 0, 0, 0);
    gl.drawArrays(gl.POINTS, hidden, view.visible);
  }
}
