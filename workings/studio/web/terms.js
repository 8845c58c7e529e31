// Terms: a sum as a table, term by term, with the sum so far.

import { button } from "./controls.js";
import { h } from "./dom.js";

const PAGE = 50; // terms at a time

/**
 * @typedef {{ cell: string, value: string }} Cell
 * @typedef {{ factors: Cell[], rest: number, value: string, so_far: string | null }} Row
 * @typedef {{
 *   start: number | null, count: number, rows: Row[], arrays: string[], total: string, more: boolean
 * }} Table `start` is null while only the largest are shown
 * @typedef {{ open: (cell: string) => void, page: (start: number) => void }} Hands
 */

/**
 * @param {Table | null} table
 * @param {Hands} hands
 */
export function terms(table, hands) {
  if (!table) return null;
  const wide = Math.max(1, ...table.rows.map((row) => row.factors.length));
  const named = table.arrays.length === 0 && wide === 1; // terms of a sum of one array: their names tell them apart
  const names = table.arrays.length ? table.arrays : [named ? "term" : "made of"];
  const heads = names.map((name) => h("th", { scope: "col", colspan: table.arrays.length ? 1 : wide }, name));
  const head = (/** @type {string} */ name) => h("th", { scope: "col" }, name);
  return h(
    "div",
    { class: "terms-place" },
    h(
      "table",
      { class: "terms" },
      h("caption", {}, `${table.count} terms` + (table.start === null && table.more ? ", the largest first" : "")),
      h("thead", {}, h("tr", {}, heads, named && head("value"), wide > 1 && head("product"), head("sum so far"))),
      h(
        "tbody",
        {},
        table.rows.map((row) => line(row, wide, named, hands)),
      ),
    ),
    pages(table, hands),
  );
}

/**
 * @param {Row} row
 * @param {number} wide factors of the longest term
 * @param {boolean} named
 * @param {Hands} hands
 */
function line(row, wide, named, hands) {
  const open = (/** @type {Cell} */ { cell, value }) =>
    button(value, () => hands.open(cell), { class: "number", ariaLabel: `${cell} = ${value}`, data: { cell } });
  const rest = `${row.rest} smaller terms together` + (wide > 1 || named ? "" : `: ${row.value}`);
  const cells = row.rest
    ? [h("td", { class: "to-the-left", colspan: wide }, rest), named && h("td", {}, row.value)]
    : [
        named && h("th", { scope: "row", class: "quiet" }, row.factors[0]?.cell ?? ""),
        row.factors.map((factor) => h("td", {}, open(factor))),
        Array.from({ length: wide - row.factors.length }, () => h("td")),
      ];
  return h("tr", {}, cells.flat(), wide > 1 && h("td", {}, row.value), h("td", {}, row.so_far ?? ""));
}

/**
 * @param {Table} table
 * @param {Hands} hands
 */
function pages({ start, count, rows, more }, { page }) {
  const data = { key: "page" };
  if (start === null) return more && button(`Show all ${count} terms in order`, () => page(0), { data });
  const last = start + rows.length;
  return h(
    "p",
    { class: "row" },
    button("Earlier", () => page(Math.max(0, start - PAGE)), { data, disabled: start === 0 }),
    ` ${start + 1} to ${last} of ${count} `,
    button("Later", () => page(last), { data, disabled: !more }),
  );
}
