// Controls: the settings of a page: labelled fields, in groups with a heading.

import { fill, h } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */

/**
 * A form of settings; pressing Enter in it sends nothing anywhere.
 */
export function form() {
  return h("form", { class: "controls", on: { submit: (/** @type {Event} */ e) => e.preventDefault() } });
}

/**
 * Fields that belong together.
 * @param {string} title
 * @param {...(Child | Child[])} fields
 */
export function group(title, ...fields) {
  return h("fieldset", { class: "group" }, h("legend", {}, title), ...fields);
}

/**
 * One of several values; `now` is always among them.
 * @param {string} label
 * @param {string} id
 * @param {any[]} values
 * @param {any} now
 * @param {(value: any) => void} changed
 */
export function choice(label, id, values, now, changed) {
  const all = values.includes(now) ? values : [now, ...values];
  const options = all.map((v) => h("option", { selected: v === now }, v));
  const select = h("select", { id, on: { change: () => changed(all[select.selectedIndex]) } }, options);
  return h("p", { class: "control" }, h("label", { for: id }, label), select);
}

/**
 * A value to be written; `hint` says how, where that is not plain.
 * @param {string} label
 * @param {string} id
 * @param {any} now
 * @param {(text: string) => void} changed
 * @param {{ size?: number, hint?: string }} [options]
 */
export function written(label, id, now, changed, options = {}) {
  const { size = 6, hint } = options;
  const told = hint ? `${id}-hint` : undefined;
  const change = () => changed(input.value);
  const given = { type: "text", id, size, value: String(now), autocomplete: "off" };
  const input = h("input", { ...given, ariaDescribedby: told, on: { change } });
  const help = hint && h("span", { id: told, class: "hint" }, hint);
  return h("p", { class: "control" }, h("label", { for: id }, label), input, help);
}

/**
 * A number on a scale, beside its name.
 * @param {string} label
 * @param {string} id
 * @param {[number, number, number]} scale from, to, step
 * @param {number} now
 * @param {(value: number) => void} changed
 */
export function slider(label, id, [min, max, step], now, changed) {
  const value = h("output", { class: "number" }, now);
  const on = { input: () => fill(value, input.value), change: () => changed(Number(input.value)) };
  const input = h("input", { type: "range", id, min, max, step, value: now, on });
  return h("p", { class: "control" }, h("label", { for: id }, `${label} `, value), input);
}

/**
 * The number that was written; "0,5" and "−1" are numbers too.
 * @param {string} text
 */
export function real(text) {
  return text.trim() ? Number(text.replace(",", ".").replace("−", "-")) : NaN;
}

/**
 * The whole numbers in a text, whatever stands between them.
 * @param {string} text
 */
export function whole(text) {
  return (text.match(/\d+/g) ?? []).map(Number);
}

/**
 * A button of words.
 * @param {Child} words
 * @param {() => void} click
 * @param {Record<string, any>} [given]
 */
export function button(words, click, given = {}) {
  return h("button", { type: "button", ...given, on: { click } }, words);
}

/**
 * A line of figures that do not push each other about as they change.
 * @param {Element} element
 * @param {[string, string | null | undefined][]} each name and value; what has no value is not shown
 */
export function figures(element, each) {
  const known = each.filter(([, value]) => value);
  const names = known.map(([name]) => name).join();
  const places = element.getElementsByTagName("b");
  if (places.length !== known.length || element.getAttribute("data-names") !== names)
    fill(
      element,
      known.flatMap(([name], i) => [`${i ? ", " : ""}${name} `, h("b", {})]),
    );
  element.setAttribute("data-names", names);
  known.forEach(([, value], i) => places[i].textContent !== value && fill(places[i], value));
}
