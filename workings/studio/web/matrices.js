// Matrices: the blocks of a sheet as they stand on paper, gradients on the left, blanks where numbers are asked for.

import { h } from "./dom.js";

const SLOTS = ["left_gradient", "left", "middle", "beside", "right"];

/** @typedef {(name: string) => HTMLElement} Blank makes the field of a cell that is asked for */

/**
 * One band of the sheet: blocks beside each other.
 * @param {{ loose: boolean, slots: Record<string, any> }} given
 * @param {Blank} blank
 */
export function band({ loose, slots }, blank) {
  const known = loose ? Object.keys(slots) : SLOTS.filter((slot) => slot in slots);
  return h(
    "div",
    { class: loose ? "band loose" : "band" },
    known.map((slot) => block(slots[slot], slot, blank)),
  );
}

/**
 * Cells that stand in no matrix.
 * @param {string[]} cells
 * @param {Blank} blank
 */
export function apart(cells, blank) {
  if (!cells.length) return null;
  const one = (/** @type {string} */ name) => h("p", { class: "control" }, h("span", {}, name), blank(name));
  return h("div", { class: "band loose" }, cells.map(one));
}

/**
 * @param {any} b
 * @param {string} slot
 * @param {Blank} blank
 */
function block(b, slot, blank) {
  const named = b.sides.length > 0;
  const top = (/** @type {string} */ t) => h("th", { scope: "col" }, t);
  const heads = b.tops.length > 0 && h("thead", {}, h("tr", {}, named && h("td"), b.tops.map(top)));
  const rows = b.cells.map((/** @type {any[]} */ row, /** @type {number} */ i) =>
    h(
      "tr",
      { class: b.turned && b.split === i && i ? "below" : "" },
      named && h("th", { scope: "row" }, b.sides[i] ?? ""),
      row.map((c, j) => {
        const kind = `${!b.turned && b.split && b.split === j ? "right-of" : ""} ${c.met ? "met" : ""}`;
        return h("td", { class: kind }, c.blank ? blank(c.name) : c.text);
      }),
    ),
  );
  return h(
    "figure",
    { class: `matrix ${slot}` },
    caption(b.title, b.formula),
    h("table", { title: b.reading }, heads, h("tbody", {}, rows)),
  );
}

/**
 * A block's name, and how it is made: "Z1" and "= W1 X + b1".
 * @param {string} title
 * @param {string} [formula]
 */
function caption(title, formula) {
  const rest = formula?.startsWith(`${title} =`) ? formula.slice(title.length + 1) : formula;
  return h("figcaption", {}, h("b", {}, title), rest && [" ", h("span", { class: "quiet" }, rest)]);
}
