// The tiles' own attributes: their values in words, and the menu that filters by them.
import { $, h, say } from "./dom.js";
import { middle } from "./map/text.js";
import { state } from "./state.js";
import { t } from "./words.js";

/**
 * @typedef {import("./api.js").Attribute} Attribute
 * @typedef {import("./api.js").Explorer} Explorer
 * @typedef {import("./api.js").Tile} Tile
 * @typedef {import("./state.js").Condition} Condition
 */

/** A time as the menu's fields and lists write it, in UTC. @param {string} time */
const timeText = time => time.replace(/T00:00:00Z$/, "").replace("T", " ").replace(/Z$/, "");

/** A value in words. @param {string | number | boolean} value @param {string} [type] */
export function valueText(value, type) {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
  return type === "time" ? timeText(value) : value;
}

/** The attributes of some explorers by name, in the order of the names. @param {Explorer[]} explorers @returns {[string, Attribute][]} */
export function attributesOf(explorers) {
  /** @type {Map<string, Attribute>} */
  const all = new Map();
  for (const explorer of explorers)
    for (const [name, attribute] of Object.entries(explorer.attributes || {})) {
      const known = all.get(name), values = known?.values && attribute.values;
      all.set(name, known ? { ...known, values: values && [...new Set([...values, ...attribute.values || []])] } : attribute);
    }
  return [...all].sort(([a], [b]) => a < b ? -1 : 1);
}

/** A tile's attributes as names and words. @param {Explorer} explorer @param {Tile} tile @returns {[string, string][]} */
export const factsOf = (explorer, tile) =>
  Object.entries(tile.attributes || {}).map(([name, value]) => [name, valueText(value, explorer.attributes?.[name]?.type)]);

/** A tile's attributes on one line. @param {Explorer} explorer @param {Tile} tile */
export const factsLine = (explorer, tile) => factsOf(explorer, tile).map(([name, value]) => name + " " + value).join(" · ");

/** A condition in words. @param {string} name @param {Condition} condition */
function conditionText(name, condition) {
  const own = (/** @type {any} */ value) => typeof value !== "object" ? valueText(value) : value.integer ?? timeText(value.time).slice(0, 10);
  const { present, is, atLeast, atMost } = condition;
  if (present === false) return t("without", name);
  if (condition.in) return name + ": " + condition.in.map(own).join(", ");
  if (is !== undefined) return name + ": " + own(is);
  if (atLeast !== undefined && atMost !== undefined) return `${name}: ${own(atLeast)} – ${own(atMost)}`;
  if (atLeast !== undefined) return `${name} ≥ ${own(atLeast)}`;
  return atMost === undefined ? t("with", name) : `${name} ≤ ${own(atMost)}`;
}

/** Names the filters by attributes. */
export function conditionsText() {
  const all = Object.entries(state.attributes);
  return all.length > 1 ? t("conditionsOf", all.length) : all.length ? middle(conditionText(...all[0]), 40) : t("attributes");
}

/**
 * One attribute of the menu.
 * @typedef {{name: string, node: HTMLElement, read: () => Condition | null}} Field `read` returns null if all tiles pass
 */

/** @type {Field[]} */
let fields = [];

/** The choices of presence; flags have two more. @param {Attribute} attribute @param {Condition | undefined} condition */
function presence(attribute, condition) {
  const now = !condition ? "any" : condition.present === false ? "without" : condition.is === true ? "yes" : condition.is === false ? "no"
    : Object.keys(condition).length ? "any" : "with";
  const choices = attribute.type === "flag" ? ["any", "yes", "no", "with", "without"] : ["any", "with", "without"];
  const words = /** @type {Record<string, string>} */ ({ any: t("anyValue"), with: t("someValue"), without: t("noValue"), yes: t("yes"), no: t("no") });
  return h("select", {}, ...choices.map(value => h("option", { value, selected: value === now }, words[value])));
}

/** Texts to choose from, or to type if they are many. @param {Attribute} attribute @param {string[]} chosen */
function texts(attribute, chosen) {
  if (!attribute.values) {
    const area = h("textarea", { rows: 3, spellcheck: "false", dir: "auto" });
    area.value = chosen.join("\n");
    return {
      nodes: [h("label", {}, h("span", {}, t("oneOfLines")), area)],
      values: () => area.value.split("\n").map((/** @type {string} */ line) => line.trim()).filter(Boolean)
    };
  }
  // Those of a shared address that no tile has are kept: they can be taken away.
  const boxes = [...new Set([...attribute.values, ...chosen])].map(value => h("input", { type: "checkbox", value, checked: chosen.includes(value) }));
  return {
    nodes: [h("div", { class: "choices" }, ...boxes.map(box => h("label", { class: "check" }, box, h("bdi", {}, box.value))))],
    values: () => boxes.filter(box => box.checked).map(box => box.value)
  };
}

/** The number that a field holds; a number cannot be an integer beyond 2^53. @param {string} text @param {Attribute} attribute @returns {import("./state.js").Value} */
const numberOf = (text, attribute) =>
  attribute.type === "integer" && /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? { integer: text } : Number(text);

/** Whether a number is greater than another one. @param {string} one @param {string} other */
const isGreater = (one, other) => [one, other].every(text => /^-?\d+$/.test(text)) ? BigInt(one) > BigInt(other) : Number(one) > Number(other);

/** Two ends of a range. @param {Attribute} attribute @param {Condition} condition */
function range(attribute, condition) {
  const time = attribute.type === "time", end = (/** @type {any} */ value) => value === undefined ? "" : time ? String(value.time).slice(0, 10) : String(value.integer ?? value);
  const input = (/** @type {any} */ value) => h("input", { type: time ? "date" : "number", value: end(value), ...(!time && { step: attribute.type === "integer" ? 1 : "any" }) });
  const from = input(condition.atLeast), to = input(condition.atMost), { least, greatest } = attribute;
  const known = least === undefined || greatest === undefined ? "" : t("knownRange", valueText(least, attribute.type), valueText(greatest, attribute.type));
  return {
    nodes: [h("div", { class: "ends-of" }, h("label", {}, h("span", {}, t(time ? "from" : "atLeast")), from), h("label", {}, h("span", {}, t(time ? "to" : "atMost")), to)),
      h("p", { class: "faint" }, known)],
    read() {
      // A day's last microsecond: the finest time that tiles have.
      const low = time ? { time: from.value } : numberOf(from.value, attribute);
      const high = time ? { time: to.value + "T23:59:59.999999Z" } : numberOf(to.value, attribute);
      return { ...(from.value && { atLeast: low }), ...(to.value && { atMost: high }) };
    },
    problem: () => from.validity.badInput || to.validity.badInput || from.validity.stepMismatch || to.validity.stepMismatch ? t("badNumber")
      : from.value && to.value && (time ? from.value > to.value : isGreater(from.value, to.value)) ? t("badRange") : ""
  };
}

/** @param {string} name @param {Attribute} attribute @param {boolean} open @returns {Field & {problem?: () => string}} */
function field(name, attribute, open) {
  const condition = state.attributes[name], has = presence(attribute, condition);
  const kind = attribute.type === "text" ? texts(attribute, (condition?.in || []).map(String)) : attribute.type === "flag" ? null : range(attribute, condition || {});
  const more = h("div", {}, ...kind?.nodes || []);
  const show = () => more.hidden = has.value === "without";
  has.addEventListener("change", show);
  show();
  const node = h("details", { class: "attribute", open: open || !!condition },
    h("summary", {}, h("bdi", {}, name), condition ? h("span", { class: "faint" }, " " + t("isSet")) : null),
    h("label", {}, h("span", {}, t("value")), has), more);
  return {
    name, node, ...(kind && "problem" in kind && { problem: () => has.value === "without" ? "" : kind.problem() }),
    read() {
      if (has.value === "without") return { present: false };
      if (has.value === "yes" || has.value === "no") return { is: has.value === "yes" };
      const values = kind && "values" in kind ? kind.values() : [];
      const found = kind && "read" in kind ? kind.read() : values.length ? { in: values } : {};
      return Object.keys(found).length || has.value === "with" ? found : null;
    }
  };
}

/** Fills the menu. @param {Explorer[]} explorers those that are shown */
export function fillAttributes(explorers) {
  const all = attributesOf(explorers);
  fields = all.map(([name, attribute]) => field(name, attribute, all.length === 1));
  $("attributes-list").replaceChildren(...fields.map(one => one.node));
  say("attributes-error");
}

/** Takes the menu's conditions into the state; returns whether they are sound. */
export function readAttributes() {
  /** @type {Record<string, Condition>} */
  const read = {};
  for (const one of /** @type {(Field & {problem?: () => string})[]} */ (fields)) {
    const problem = one.problem?.();
    if (problem) {
      say("attributes-error", one.name + ": " + problem);
      return false;
    }
    const condition = one.read();
    if (condition) read[one.name] = condition;
  }
  state.attributes = read;
  return true;
}
