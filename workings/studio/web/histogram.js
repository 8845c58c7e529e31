// Histogram: how many of many numbers are of each size; those below 0 in the color of what is below 0.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 460;
const HIGH = 140;
const FOOT = 20; // for the numbers below

/**
 * A figure's parts.
 * @param {{ counts: number[], edges: string[], ends: number[] }} given how many in each bar; where the first begins
 *   and the last ends, as texts and as numbers
 * @returns {[HTMLElement, SVGElement]}
 */
export function histogram({ counts, edges, ends: [low, high] }) {
  const most = Math.max(...counts);
  const svg = make("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
  const told = `histogram of ${counts.length} bars from ${edges[0]} to ${edges[1]}, the highest ${most}`;
  svg.setAttribute("aria-label", told);
  const wide = WIDE / counts.length;
  counts.forEach((n, i) => {
    const height = ((HIGH - FOOT) * n) / most;
    const below = low + ((i + 0.5) * (high - low)) / counts.length < 0;
    const kind = `histogram${below ? " minus" : ""}`;
    svg.append(make("rect", { x: i * wide + 0.5, width: wide - 1, y: HIGH - FOOT - height, height, class: kind }));
  });
  const marks = [
    [0, "start", edges[0]],
    [WIDE, "end", edges[1]],
  ];
  if (low < 0 && high > 0) marks.push([(-low / (high - low)) * WIDE, "middle", "0"]);
  for (const [x, anchor, words] of marks) {
    const text = make("text", { x, y: HIGH - 4, "text-anchor": anchor });
    text.textContent = String(words);
    svg.append(text);
  }
  return [h("figcaption", {}, "How many of each size"), svg];
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
