// Pictures of tiles, read when they are wanted: few at once, the nearest first, stopped when nobody looks any more.
import { api, isCanceled } from "./api.js";
import { h } from "./dom.js";
import { errorWords, t } from "./words.js";

/**
 * @typedef {{explorer: string, row: number, view: "thumbnail" | "crop" | "tile", bands: string}} Wanted
 * @typedef {{wanted: Wanted, element: HTMLElement, stop: AbortController, running: boolean}} Job
 */

const AT_ONCE = 4, KEPT = 400;
/** @type {Map<string, string>} addresses of pictures by what they show */
const kept = new Map();
/** @type {Map<HTMLElement, Job>} */
const jobs = new Map();
let asked = 0, finished = 0;
/** @type {(done: number, total: number) => void} */
let onProgress = () => {};

/** @param {(done: number, total: number) => void} listener */
export function followPictures(listener) {
  onProgress = listener;
}

const key = (/** @type {Wanted} */ w) => [w.explorer, w.row, w.view, w.bands].join("/");

/** @param {HTMLElement} element @param {string} address @param {string} alt */
function fill(element, address, alt) {
  element.replaceChildren(h("img", { src: address, alt }));
}

const inView = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const element = /** @type {HTMLElement} */ (entry.target), wanted = waiting.get(element);
    if (!wanted) continue;
    if (entry.isIntersecting) begin(element, wanted);
    else drop(element);
  }
}, { rootMargin: "300px" });
/** @type {WeakMap<HTMLElement, Wanted>} */
const waiting = new WeakMap();

/**
 * Returns an element that reads its picture once it comes into view.
 * @param {Wanted} wanted
 * @param {boolean} available whether the archive has pictures
 */
export function shot(wanted, available) {
  const element = h("div", { class: "shot" });
  if (!available) element.append(h("span", { class: "words" }, t("noPicture")));
  else {
    waiting.set(element, wanted);
    inView.observe(element);
  }
  return element;
}

/** @param {HTMLElement} element @param {Wanted} wanted */
function begin(element, wanted) {
  const address = kept.get(key(wanted));
  if (address) return settle(element, () => fill(element, address, ""));
  if (jobs.has(element)) return;
  element.replaceChildren(h("span", { class: "words" }, t("loading")));
  jobs.set(element, { wanted, element, stop: new AbortController(), running: false });
  asked++;
  onProgress(finished, asked);
  work();
}

/** @param {HTMLElement} element */
function drop(element) {
  const job = jobs.get(element);
  if (!job) return;
  job.stop.abort();
  jobs.delete(element);
  finished++;
  count();
}

/** Stops reading all pictures. */
export function dropPictures() {
  for (const element of [...jobs.keys()]) drop(element);
}

/** @param {HTMLElement} element @param {() => void} act */
function settle(element, act) {
  inView.unobserve(element);
  waiting.delete(element);
  act();
}

function count() {
  if (finished >= asked) asked = finished = 0;
  onProgress(finished, asked);
}

function work() {
  let running = 0;
  for (const job of jobs.values()) if (job.running) running++;
  for (const job of jobs.values()) {
    if (running >= AT_ONCE) return;
    if (job.running) continue;
    job.running = true;
    running++;
    read(job);
  }
}

/** @param {Job} job */
async function read(job) {
  const { wanted, element, stop } = job;
  try {
    const blob = await api.picture(wanted.explorer, wanted.row, wanted.view, wanted.bands, stop.signal);
    const address = URL.createObjectURL(blob);
    kept.set(key(wanted), address);
    if (kept.size > KEPT) {
      const [oldest, old] = kept.entries().next().value ?? ["", ""];
      kept.delete(oldest);
      URL.revokeObjectURL(old);
    }
    settle(element, () => fill(element, address, ""));
  } catch (error) {
    if (isCanceled(error) || stop.signal.aborted) return work();
    // One failed picture does not spoil the rest.
    settle(element, () => element.replaceChildren(h("span", { class: "words", dir: "auto" }, t("pictureFailed", errorWords(error)))));
  }
  if (jobs.delete(element)) finished++;
  count();
  work();
}
