// Histogram: how many of many numbers are of each size; those below 0 in the color of what is below 0.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 460;
const HIGH = 120;

/**
 * A figure's parts.
 * @param {{ counts: number[], edges: string[], ends: number[] }} given how many in each bar; where the first begins
 *   and the last ends, as texts and as numbers
 * @returns {Element[]}
 */
export function histogram({ counts, edges, ends: [low, high] }) {
  const most = Math.max(...counts);
  const svg = make("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img" });
  const told = `histogram of ${counts.length} bars from ${edges[0]} to ${edges[1]}, the highest ${most}`;
  svg.setAttribute("aria-label", told);
  const wide = WIDE / counts.length;
  counts.forEach((n, i) => {
    const height = (HIGH * n) / most;
    const below = low + ((i + 0.5) * (high - low)) / counts.length < 0;
    const kind = `histogram${below ? " minus" : ""}`;
    svg.append(make("rect", { x: i * wide + 0.5, width: wide - 1, y: HIGH - height, height, class: kind }));
  });
  const nought = h("span", { class: "nought" }, "0");
  const at = -low / (high - low);
  nought.style.left = `${100 * at}%`;
  const [first, last] = edges.map((edge) => h("span", {}, edge));
  const ends = h("p", { class: "ends" }, first, at > 0.2 && at < 0.8 && nought, last);
  return [h("figcaption", {}, "How many of each size"), svg, ends];
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function make(tag, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
