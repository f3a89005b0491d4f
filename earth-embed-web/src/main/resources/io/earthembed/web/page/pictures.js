// Pictures of tiles, read when they are wanted: some at once, the nearest first, stopped when nobody looks any more. The
// server reads them from the archive in series and says when each is ready, by events.
import { api, isCanceled, Problem } from "./api.js";
import { h } from "./dom.js";
import { errorWords, t } from "./words.js";

/**
 * What a picture shows; `tiles` is the tag that the row belongs to.
 * @typedef {{explorer: string, tiles: string, row: number, view: "thumbnail" | "crop" | "tile", bands: string}} Wanted
 * @typedef {{wanted: Wanted, element: HTMLElement, stop: AbortController, series: Series | null}} Job
 *
 * Jobs whose pictures the server reads one after the other.
 * @typedef {{jobs: Set<Job>, stop: AbortController}} Series
 */

/** Series at once, and the most pictures of one: a person who scrolls on waits for the rest of a series. */
const AT_ONCE = 2, LONGEST = 8, KEPT = 400;
/** @type {Map<string, string>} addresses of pictures by what they show */
const kept = new Map();
/** @type {Map<HTMLElement, Job>} */
const jobs = new Map();
let running = 0, asked = 0, finished = 0;
/** @type {(done: number, total: number) => void} */
let onProgress = () => {};

/** @param {(done: number, total: number) => void} listener */
export function followPictures(listener) {
  onProgress = listener;
}

const key = (/** @type {Wanted} */ w) => [w.explorer, w.tiles, w.row, w.view, w.bands].join("/");

/** @param {HTMLElement} element @param {string} address */
function fill(element, address) {
  element.replaceChildren(h("img", { src: address, alt: "" }));
}

const inView = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const element = /** @type {HTMLElement} */ (entry.target), wanted = waiting.get(element);
    if (!wanted) continue;
    if (entry.isIntersecting) begin(element, wanted);
    else drop(element);
  }
  work();
}, { rootMargin: "300px" });
/** @type {WeakMap<HTMLElement, Wanted>} */
const waiting = new WeakMap();

/**
 * Returns an element that reads its picture once it comes into view.
 * @param {Omit<Wanted, "tiles"> & {tiles?: string}} wanted without tiles, the row is of those that the page has
 * @param {boolean} available whether the archive has pictures
 */
export function shot(wanted, available) {
  const element = h("div", { class: "shot" });
  if (!available) element.append(h("span", { class: "words" }, t("noPicture")));
  else {
    waiting.set(element, { ...wanted, tiles: wanted.tiles ?? api.tiles(wanted.explorer) });
    inView.observe(element);
  }
  return element;
}

/** @param {HTMLElement} element @param {Wanted} wanted */
function begin(element, wanted) {
  const address = kept.get(key(wanted));
  if (address) return settle(element, () => fill(element, address));
  if (jobs.has(element)) return;
  element.replaceChildren(h("span", { class: "words" }, t("loading")));
  jobs.set(element, { wanted, element, stop: new AbortController(), series: null });
  asked++;
  onProgress(finished, asked);
}

/** @param {HTMLElement} element */
function drop(element) {
  const job = jobs.get(element);
  if (!job) return;
  job.stop.abort();
  end(job);
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

/** Forgets a job; a series without jobs ends. @param {Job} job */
function end(job) {
  if (!jobs.delete(job.element)) return;
  job.series?.jobs.delete(job);
  if (job.series?.jobs.size === 0) job.series.stop.abort();
  if (++finished >= asked) asked = finished = 0;
  onProgress(finished, asked);
}

/** Begins series for jobs that wait, each of one explorer and one kind of view. */
function work() {
  while (running < AT_ONCE) {
    const idle = [...jobs.values()].filter(job => !job.series), first = idle[0]?.wanted;
    if (!first) return;
    const alike = idle.filter(({ wanted: w }) => w.explorer === first.explorer && w.tiles === first.tiles && w.view === first.view && w.bands === first.bands);
    const series = { jobs: new Set(alike.slice(0, LONGEST)), stop: new AbortController() };
    for (const job of series.jobs) job.series = series;
    running++;
    read(series, first).finally(() => {
      running--;
      work();
    });
  }
}

/** @param {Series} series @param {Wanted} wanted what its jobs have in common */
async function read(series, { explorer, tiles, view, bands }) {
  const left = new Set(series.jobs);
  try {
    const rows = [...new Set([...left].map(job => job.wanted.row))];
    for await (const { row, problem } of api.readPictures(explorer, rows, view, bands, tiles, series.stop.signal)) {
      for (const job of left) if (job.wanted.row === row) {
        left.delete(job);
        if (problem) fail(job, new Problem(problem));
        else show(job);
      }
    }
  } catch (error) {
    for (const job of left) fail(job, error);
  }
}

/** Shows a picture that the server has ready. @param {Job} job */
async function show(job) {
  const { wanted, element, stop } = job;
  try {
    const blob = await api.picture(wanted.explorer, wanted.row, wanted.view, wanted.bands, wanted.tiles, stop.signal);
    const address = URL.createObjectURL(blob);
    kept.set(key(wanted), address);
    if (kept.size > KEPT) {
      const [oldest, old] = kept.entries().next().value ?? ["", ""];
      kept.delete(oldest);
      URL.revokeObjectURL(old);
    }
    settle(element, () => fill(element, address));
    end(job);
  } catch (error) {
    fail(job, error);
  }
}

/** Says why there is no picture; one that failed does not spoil the rest. @param {Job} job @param {unknown} error */
function fail(job, error) {
  const { element, stop } = job;
  if (stop.signal.aborted || isCanceled(error)) return;
  settle(element, () => element.replaceChildren(h("span", { class: "words", dir: "auto" }, t("pictureFailed", errorWords(error)))));
  end(job);
}
