// Formulas: trees of lists, made in Python, as elements of MathML.

import { h } from "./dom.js";

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set(
  "math mrow mi mn mo mtext mspace mfrac msqrt msup msub msubsup mover munder munderover mtable mtr mtd mstyle".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(["class", "form", "mathvariant", "width", "displaystyle", "stretchy", "accent"]);

/** @typedef {[string, Record<string, string>, ...any]} Tree */

/**
 * A `<math>` element.
 * @param {Tree} tree
 * @returns {Element}
 */
export function math(tree) {
  const made = document.createElementNS(NAMESPACE, "math");
  made.append(element(tree));
  return made;
}

/**
 * A line of a working: it breaks between the terms of its sum, before a sign.
 * @param {{ sign: string, terms: Tree[] }} given
 */
export function line({ sign, terms }) {
  const whole = (/** @type {Tree} */ term, /** @type {number} */ i) =>
    h("span", { class: "whole" }, `${i ? "+" : sign} `, math(term));
  return h("p", { class: "line" }, terms.flatMap((term, i) => [whole(term, i), " "]));
}

const LEAST = 0.6; // of its size: what is smaller is not read

/**
 * What is wider than its place is set smaller, so that it is seen whole.
 * @param {Element} place
 */
export function fit(place) {
  const parts = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".whole")]);
  for (const part of parts) part.style.fontSize = "";
  const rooms = parts.map((part) => (part.parentElement?.clientWidth ?? 0) / part.offsetWidth);
  parts.forEach((part, i) => rooms[i] < 1 && (part.style.fontSize = `${Math.max(LEAST, 0.96 * rooms[i])}em`));
}

/**
 * @param {Tree} tree
 * @returns {Element}
 */
function element([tag, attributes, ...below]) {
  const made = document.createElementNS(NAMESPACE, TAGS.has(tag) ? tag : "mtext");
  for (const [name, value] of Object.entries(attributes)) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  made.append(...below.map((x) => (typeof x === "string" ? x : element(x))));
  return made;
}
