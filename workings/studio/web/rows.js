// Rows: a plain table with a head, the first cell of each row naming it.

import { h } from "./dom.js";

/**
 * @param {(string | number)[]} heads an empty one has no name
 * @param {(string | number)[][]} rows
 */
export function rowsOf(heads, rows) {
  const head = (/** @type {string | number} */ name) => (name === "" ? h("td") : h("th", { scope: "col" }, name));
  const cell = (/** @type {string | number} */ text, /** @type {number} */ i) =>
    i ? h("td", {}, text) : h("th", { scope: "row" }, text);
  const body = rows.map((row) => h("tr", {}, row.map(cell)));
  return h("table", {}, h("thead", {}, h("tr", {}, heads.map(head))), h("tbody", {}, body));
}
